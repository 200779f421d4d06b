// Passkeys: what the server asks the browser for, and what it answers, in the JSON of WebAuthn. The server judges; here it is only carried.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const answer = (form, credential) => {
    const { response } = credential;
    const parts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (response[name]) parts[name] = text(response[name]);
    if (response.getTransports) parts.transports = response.getTransports();
    form.elements.passkey.value = JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response: parts,
      authenticatorAttachment: credential.authenticatorAttachment ?? undefined, clientExtensionResults: {},
    });
    form.requestSubmit(form.querySelector("[data-passkey-send]"));
  };
  const say = (form, what) => {
    const place = form.querySelector("[data-passkey-said]");
    place.textContent = place.dataset[what] ?? "";
    place.hidden = !place.textContent;
  };
  // why is what to say of an error; somebody who has changed their mind knows.
  const why = (error) => ({ NotAllowedError: "none", AbortError: "", InvalidStateError: "known" })[error.name] ?? "failed";

  // On the page that makes one.
  const make = document.querySelector("[data-passkey-make]");
  make?.addEventListener("click", async () => {
    const { form } = make;
    if (!form.reportValidity()) return;
    say(form, "");
    const asked = JSON.parse(form.dataset.options);
    make.disabled = true;
    try {
      const publicKey = {
        ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: known(asked.excludeCredentials),
      };
      answer(form, await navigator.credentials.create({ publicKey }));
    } catch (error) {
      say(form, why(error));
    }
    make.disabled = false;
  });
  // Enter in the field for the name means the button.
  make?.form.addEventListener("submit", (event) => {
    if (make.form.elements.passkey.value) return;
    event.preventDefault();
    make.click();
  });
  if (make && !window.PublicKeyCredential) {
    make.disabled = true;
    say(make.form, "missing");
  }

  // On the sign-in page: by the button, or by what the browser offers in the field for the name. Either ends the other.
  const use = document.querySelector("[data-passkey-use]");
  if (!use || !window.PublicKeyCredential) return;
  use.hidden = false;
  let waiting = new AbortController();
  const show = async (mediation) => {
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    const response = await fetch(use.dataset.passkeyUse, { method: "POST", signal });
    if (!response.ok) throw new Error(response.status);
    const asked = await response.json();
    const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) };
    answer(use.form, await navigator.credentials.get({ publicKey, mediation, signal }));
  };
  // What is offered is asked for anew when somebody comes back to the page: a question is good for some minutes.
  let asked = 0;
  const offer = async () => {
    if (document.visibilityState !== "visible" || Date.now() - asked < 240000) return;
    asked = Date.now();
    if (await PublicKeyCredential.isConditionalMediationAvailable?.()) show("conditional").catch(() => {});
  };
  for (const event of ["visibilitychange", "focusin"]) document.addEventListener(event, offer);
  offer();
  use.addEventListener("click", async () => {
    say(use.form, "");
    use.disabled = true;
    try {
      await show();
    } catch (error) {
      say(use.form, why(error));
      asked = 0;
      offer();
    }
    use.disabled = false;
  });
})();
