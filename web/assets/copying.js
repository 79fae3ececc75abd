// Copies one value at a press and says so; without scripts people select the value by hand.
export function copyAtAPress() {
  if (!navigator.clipboard) return;
  const says = document.querySelector("[data-copy-says]");
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const value = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(value.innerText);
      for (const other of document.querySelectorAll("[data-copy]")) other.firstChild.textContent = "Copy";
      button.firstChild.textContent = "Copied";
      says.textContent = `Copied: ${value.previousElementSibling.innerText}`;
    });
  }
}
