"""The panels that cases go to: when they meet, what they have before them."""
