// Forms with `data-passkey` ask the browser for a passkey before they are sent; without support they stay hidden.
"use strict";

const asJson = {
  get: (options) => PublicKeyCredential.parseRequestOptionsFromJSON(options),
  create: (options) => PublicKeyCredential.parseCreationOptionsFromJSON(options),
};

function say(form, sentence) {
  const found = form.querySelector(".problem") ?? form.appendChild(document.createElement("p"));
  found.className = "problem";
  found.setAttribute("role", "alert");
  found.textContent = sentence;
}

async function answer(event) {
  event.preventDefault();
  const form = event.target;
  const verb = form.dataset.passkey;
  try {
    const publicKey = asJson[verb](JSON.parse(form.dataset.options));
    const credential = await navigator.credentials[verb]({ publicKey });
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (error) {
    const isKnown = error.name === "InvalidStateError";
    say(form, isKnown ? "This device has a passkey for your account already." : "No passkey was used: try once more.");
  }
}

const isSupported = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (isSupported) {
    form.hidden = false;
    form.addEventListener("submit", answer);
  }
}
