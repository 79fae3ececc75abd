// Saves answers as they are typed, so that a closed window or an ended session loses nothing.
const PAUSE = 1500;

export function saveDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const says = form.querySelector("[data-draft-says]");
    let timer = 0;
    const save = async () => {
      const data = new FormData(form);
      data.set("then", "save");
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
        says.textContent = answer.ok
          ? `Saved at ${new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}, not sent yet.`
          : "Not saved: you may have been signed out. Send it, or copy it, before you close this page.";
      } catch {
        says.textContent = "Not saved: the connection is down. It is tried again when you type.";
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
  }
}
