"""Pictures of pages become ink: set upright, ruled, ticked and recognised."""
