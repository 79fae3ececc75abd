// Sends chosen files one by one with the progress of each; without scripts the same form sends them together.
export function sendOneByOne() {
  for (const form of document.querySelectorAll("form[data-send]")) {
    const input = form.querySelector("input[type=file]");
    const list = form.querySelector("[data-sending]");
    const limit = Number(input.dataset.limit);
    input.addEventListener("change", () => warn(list, input.files, limit));
    form.addEventListener("submit", (event) => {
      if (!input.files.length) return;
      event.preventDefault();
      sendAll(form, [...input.files], list);
    });
  }
}

function line(list, file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const says = document.createElement("span");
  name.className = "desk-sending__name";
  name.textContent = file.name;
  says.className = "desk-sending__says";
  item.append(name, says);
  list.append(item);
  list.hidden = false;
  return { item, says };
}

function warn(list, files, limit) {
  list.replaceChildren();
  list.hidden = true;
  for (const file of files) {
    if (file.size > limit) {
      line(list, file).says.textContent =
        `This file is larger than ${Math.floor(limit / 1048576)} MB and cannot be taken. Send only the form, or scan it at 200 dpi in grey.`;
    }
  }
}

function link(address) {
  const again = document.createElement("a");
  again.className = "govuk-link";
  again.href = address;
  again.textContent = "Open this page again";
  return again;
}

async function sendAll(form, files, list) {
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  list.replaceChildren();
  const lines = files.map((file) => line(list, file));
  const ids = [];
  for (const [number, file] of files.entries()) {
    try {
      const [receipt] = (await send(form, file, lines[number])).receipts;
      lines[number].says.textContent = receipt.refused ? `Not accepted. ${receipt.refused}` : `Received as ${receipt.reference}`;
      ids.push(receipt.id);
    } catch (problem) {
      lines[number].says.textContent = problem.message;
      if (problem.again) lines[number].says.append(" ", link(problem.again));
      button.disabled = false;
    }
  }
  if (ids.length === files.length) {
    const once = encodeURIComponent(form.elements.namedItem("once").value);
    location.assign(ids.length === 1 ? `/referrals/${ids[0]}/receipt` : `/referrals/sendings/${once}`);
  }
}

function send(form, file, { item, says }) {
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `How much of ${file.name} is sent`);
  item.append(bar);
  const data = new FormData();
  for (const name of ["proof", "once"]) data.set(name, form.elements.namedItem(name).value);
  data.set("forms", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
      says.textContent = bar.value < 1 ? "Sending" : "Sent, waiting for the receipt";
    });
    request.addEventListener("loadend", () => {
      bar.remove();
      if (request.response?.receipts) return resolve(request.response);
      const message = request.response?.message ?? "It could not be sent: the connection is down. Press Send to try again; nothing is sent twice.";
      reject(Object.assign(new Error(message), { again: request.response?.again }));
    });
    request.send(data);
  });
}
