// Says at once, while it can still be looked up, when an identifier cannot be right; the desk judges, not this script.
export function checkIdentifiers() {
  for (const question of document.querySelectorAll("[data-check]")) {
    const input = question.querySelector("input[type=text]");
    const form = question.closest("form");
    if (!input || !form) continue;
    const says = document.createElement("p");
    says.className = "desk-check";
    says.id = `${input.id}-check`;
    says.setAttribute("role", "status");
    input.after(says);
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${says.id}`.trim());
    input.addEventListener("change", async () => {
      says.textContent = "";
      const data = new FormData();
      data.set(input.name, input.value);
      data.set("proof", form.elements.namedItem("proof").value);
      try {
        const answer = await fetch(question.dataset.check, { method: "POST", body: data, headers: { Accept: "application/json" } });
        if (answer.ok && input.value) says.textContent = (await answer.json()).error ?? "This has the right form.";
      } catch {
        // Without the network it is checked when the answers are sent.
      }
    });
  }
}
