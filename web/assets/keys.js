// Lets a security key answer: the page has the question, the browser asks the key, the form sends what it says.
const SAYS = {
  NotAllowedError: "The key did not answer in time, or was not allowed to. Try again.",
  InvalidStateError: "This key is known already.",
};

export function askSecurityKeys() {
  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-key]")) {
    form.hidden = false;
    document.querySelector("[data-key-without]")?.remove();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
}

async function ask(form) {
  const says = form.querySelector("[data-key-says]");
  says.textContent = "Use your key now: the browser says how.";
  try {
    const question = understood(JSON.parse(form.dataset.keyOptions));
    const answer = await navigator.credentials[form.dataset.key]({ publicKey: question });
    form.elements.namedItem("credential").value = JSON.stringify(told(answer));
    form.submit();
  } catch (error) {
    says.textContent = SAYS[error.name] ?? "The key did not answer. Try again, or use a code.";
  }
}

function understood(question) {
  question.challenge = bytes(question.challenge);
  if (question.user) question.user.id = bytes(question.user.id);
  for (const list of [question.allowCredentials, question.excludeCredentials]) {
    for (const one of list ?? []) one.id = bytes(one.id);
  }
  return question;
}

function told(answer) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer.response[name]) response[name] = text(answer.response[name]);
  }
  return { id: answer.id, rawId: text(answer.rawId), type: answer.type, response };
}

function bytes(base64url) {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
