// What scripts add to pages that work without them.
import { initAll } from "./govuk-frontend.min.js";
import { keepFresh } from "./fresh.js";
import { saveDrafts } from "./drafts.js";
import { checkIdentifiers } from "./identifiers.js";
import { askSecurityKeys } from "./keys.js";
import { sendOneByOne } from "./sending.js";
import { copyAtAPress } from "./copying.js";

initAll();
keepFresh();
saveDrafts();
checkIdentifiers();
sendOneByOne();
copyAtAPress();
askSecurityKeys();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
