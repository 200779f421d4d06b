// What HTML and htmx cannot do by themselves. Everything here is an addition: without it each page still does its job.
(() => {
  "use strict";
  const on = (type, selector, handle) =>
    document.addEventListener(type, (event) => {
      const element = event.target.closest?.(selector);
      if (element) handle(element, event);
    });

  // A filter above a group of chips. What is chosen stays visible.
  on("input", "[data-filter]", (input) => {
    const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const group = document.getElementById(input.dataset.filter);
    let shown = 0;
    for (const chip of group.querySelectorAll(".chip")) {
      const text = chip.textContent.toLowerCase();
      chip.hidden = !chip.querySelector(":checked") && !words.every((word) => text.includes(word));
      if (!chip.hidden) shown++;
    }
    const none = group.querySelector("[data-none]");
    if (none) none.hidden = shown > 0;
  });

  // In a filter, Enter chooses the first match instead of sending the form.
  on("keydown", "[data-filter]", (input, event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!input.value.trim()) return;
    const group = document.getElementById(input.dataset.filter);
    const found = group.querySelector(".chip:not([hidden]) input:not(:checked)");
    if (!found) return;
    found.click();
    live.textContent = `${input.dataset.chosen} ${found.parentElement.innerText}`;
    input.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // A further row of a list of like fields. The template's names hold "#" where the row's number goes.
  on("click", "[data-add-row]", (button) => {
    const list = document.getElementById(button.dataset.addRow);
    const template = list.querySelector("template");
    const n = list.querySelectorAll("[data-row]").length;
    const row = template.content.cloneNode(true);
    for (const element of row.querySelectorAll("*"))
      for (const attribute of element.attributes)
        if (attribute.value.includes("#")) attribute.value = attribute.value.replaceAll("#", n);
    const first = row.querySelector("input, select");
    list.insertBefore(row, template);
    first?.focus();
    if (n + 1 >= Number(button.dataset.most)) button.hidden = true;
  });

  // The demo's people: one click fills the form in and sends it.
  on("click", "[data-sign-in]", (button) => {
    const form = document.getElementById("sign-in");
    form.elements.name.value = button.dataset.signIn;
    form.elements.password.value = button.dataset.password;
    form.requestSubmit();
  });

  // What keeps an open page from working is said at its edge until it works again: "ended", "unkept", "gone", "offline" or "unsent"; and
  // what never will again, "away".
  const edge = document.getElementById("cut");
  const cut = (why, text) => {
    if (!edge || [why, "away"].includes(edge.dataset.now) || edge.dataset.now === "unsent" && why !== "ended") return;
    edge.querySelector(".note")?.remove();
    edge.dataset.now = why;
    const note = edge.querySelector("template").content.cloneNode(true);
    for (const other of note.querySelectorAll(`p:not([data-why=${text ? "unkept" : why}])`)) other.remove();
    if (text) note.querySelector("p").textContent = text;
    edge.append(note);
  };
  const mended = (...why) => {
    if (!why.includes(edge?.dataset.now)) return;
    delete edge.dataset.now;
    edge.querySelector(".note").remove();
  };
  const over = () => ["ended", "away"].includes(edge?.dataset.now);

  // What came of an action has the focus, or what is wrong with it, by autofocus. A message that is elsewhere is read out.
  const live = document.getElementById("live");
  addEventListener("load", () => setTimeout(() => {
    const message = document.querySelector("main > .flashes");
    if (message && document.activeElement === document.body) message.focus();
    // What has been announced meanwhile is read out after it.
    if (message && !message.contains(document.activeElement)) live.prepend(message.textContent, " ");
  }, 100));

  // What is typed is kept on the server a moment later. Who leaves before that sends it on the way out; only if it could not be kept
  // are they asked.
  on("input", "form[data-unsaved] :is(input, textarea, select)", (field) => {
    if (field.form && !/failed|gone/.test(field.form.dataset.unsaved)) field.form.dataset.unsaved = "typed";
  });
  const formOf = (event) => event.target?.closest?.("form[data-unsaved]");
  document.addEventListener("htmx:before:request", (event) => {
    const form = formOf(event);
    if (form && event.target.matches(".draft")) form.dataset.unsaved = "saving";
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const form = formOf(event);
    if (!form || !event.target.matches(".draft")) return;
    const { status } = event.detail?.ctx?.response ?? {};
    if (status !== 200) {
      form.dataset.unsaved = "failed";
      if (status !== 401) cut(status ? "unkept" : "offline");
      return;
    }
    // What was sent or gone on with on another page is not kept from this one.
    const gone = event.target.querySelector("[data-gone]");
    if (gone) form.dataset.unsaved = "gone";
    else if (form.dataset.unsaved === "saving") form.dataset.unsaved = "";
    mended("ended", "unkept", "offline");
    if (gone) return cut("gone", gone.textContent);
    // Whoever loads the page anew, or whose phone does, finds what they have written.
    const [, begun] = /^draft-(new-.+)/.exec(event.target.id) ?? [];
    if (begun) history.replaceState(history.state, "", event.target.textContent.trim() ? `?draft=${begun}` : location.pathname);
  });
  // Browsers carry no more than 64 KiB for a page that is gone.
  const save = (form, keepalive = true) => {
    const place = form.querySelector(".draft");
    const body = new URLSearchParams(new FormData(form));
    if (!place || !navigator.onLine || over() || keepalive && `${body}`.length > 60000) return null;
    return fetch(place.getAttribute("hx-post"), { method: "POST", headers: { "HX-Request": "true" }, body, keepalive });
  };
  const typed = (...states) => [...document.querySelectorAll("form[data-unsaved]")].filter(
    (form) => states.includes(form.dataset.unsaved) && form.getAttribute("aria-busy") !== "true");
  addEventListener("beforeunload", (event) => {
    for (const form of typed("typed", "saving", "failed", "gone")) {
      if (/typed|saving/.test(form.dataset.unsaved) && save(form)) form.dataset.unsaved = "";
      // A browser asks nobody who has done nothing, and complains.
      else if (navigator.userActivation?.hasBeenActive !== false) event.preventDefault();
    }
  });
  // The page that a link leads to may show the draft: it is saved first.
  on("click", "a[href]", (link, event) => {
    const forms = typed("typed", "saving");
    const stays = link.origin === location.origin && link.pathname === location.pathname && link.hash;
    if (!forms.length || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target || stays) return;
    const saved = forms.map((form) => save(form, false));
    if (saved.includes(null)) return;
    event.preventDefault();
    const to = new URL(link.href);
    const begun = document.querySelector("[id^=draft-new-]")?.id.slice("draft-".length);
    if (begun && to.pathname === location.pathname) to.searchParams.set("draft", begun);
    Promise.allSettled(saved).then((results) => {
      results.forEach((r, i) => forms[i].dataset.unsaved = r.value?.ok ? "" : "failed");
      location.assign(to);
    });
  });
  document.addEventListener("visibilitychange", () => {
    // The page may go on, or be gone without another word: what is sent now is not known to be kept.
    if (document.hidden) for (const form of typed("typed", "saving")) save(form)?.catch(() => {});
  });

  // What could not be kept is tried again by itself. After the end of a session that makes sense once somebody has been elsewhere.
  const again = () => {
    for (const form of typed("failed")) form.dispatchEvent(new Event("change"));
  };
  setInterval(() => over() || again(), 10000);
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => document.hidden || again());

  // Whoever signs in again takes the text that could not be kept along. The sign-in page carries one form, so with more of them it is
  // opened beside this page, which then keeps them by itself.
  on("click", "[data-sign-in-again]", (link, event) => {
    const forms = typed("typed", "saving", "failed").filter((form) => form.querySelector(".draft"));
    if (forms.length > 1) link.target = "_blank";
    if (forms.length !== 1) return;
    event.preventDefault();
    forms[0].dataset.unsaved = "";
    forms[0].requestSubmit(forms[0].querySelector(".draft-save"));
  });

  // Copies a text, and says that it did.
  on("click", "[data-copy]", async (button) => {
    const text = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.value ?? text.innerText);
    } catch {
      getSelection().selectAllChildren(text);
      text.select?.();
      return;
    }
    live.textContent = button.textContent = button.dataset.copied;
  });

  // Puts a text where the cursor is or, in a field that nobody has been in, at its end. It can be undone, and is saved as if typed.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea")) event.target.dataset.entered = "";
  });
  on("click", "[data-insert]", (button) => {
    const field = document.getElementById(button.dataset.into);
    let text = document.getElementById(button.dataset.insert).textContent;
    const entered = "entered" in field.dataset;
    field.focus();
    if (!entered) field.setSelectionRange(field.value.length, field.value.length);
    const before = field.value.slice(0, field.selectionStart);
    if (before && !/\s$/.test(before)) text = (field.selectionEnd === field.value.length ? "\n\n" : " ") + text;
    document.execCommand("insertText", false, text);
  });

  // The specialist's keys. They do nothing while somebody types, and can be switched off.
  const keys = document.getElementById("keys");
  const wanted = () => localStorage.getItem("keys") !== "off";
  on("click", "[data-keys]", () => keys.showModal());
  on("change", "[data-keys-on]", (box) => localStorage.setItem("keys", box.checked ? "on" : "off"));
  if (keys) keys.querySelector("[data-keys-on]").checked = wanted();
  const answer = () => {
    const panel = document.getElementById("panel-answer");
    if (panel) panel.open = true;
    // Who answers has claimed it first.
    (panel?.querySelector("textarea") ?? document.querySelector("#claim button"))?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, dialog");
    if (!keys || typing || event.ctrlKey || event.metaKey || event.altKey || !wanted()) return;
    const links = [...document.querySelectorAll("#rows .case-link")];
    const at = links.findIndex((link) => link.closest(".case").contains(document.activeElement));
    const row = links[at]?.closest(".case");
    switch (event.key) {
      case "j": links[Math.min(at + 1, links.length - 1)]?.focus(); break;
      case "k": links[Math.max(at - 1, 0)]?.focus(); break;
      case "c": (links.length ? row?.querySelector(".case-claim button") : document.querySelector("#claim button"))?.click(); break;
      case "a":
        if (row) leave(links[at]), location.assign(links[at].href + "#answer");
        else if (!links.length) answer();
        break;
      case "?": keys.showModal(); break;
      default: return;
    }
    event.preventDefault();
  });
  // No element has that name: the browser would go to it, and take the focus along.
  if (location.hash === "#answer") answer();

  // Whoever comes back to a list stands where they left it.
  const leave = (link) => history.replaceState({ row: link.closest(".case").id }, "");
  on("click", ".case-link", leave);
  document.getElementById(history.state?.row)?.querySelector(".case-link").focus();

  // A session that ended meanwhile is told of, as nothing on the page is fresh from then on.
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail?.ctx?.response?.status === 401) cut("ended");
  });
  document.addEventListener("htmx:sse:error", (event) => {
    if (event.detail?.status === 401) cut("ended");
    else if (event.detail?.connection?.attempt > 1 && !over()) cut("offline");
  });
  document.addEventListener("htmx:sse:after:connection", () => mended("ended", "offline"));
  // A connection can be dead without a word. The server says something every 15 seconds: after two that are missing the stream begins anew.
  let silent;
  const heard = () => {
    clearTimeout(silent);
    silent = setTimeout(() => {
      document.getElementById("stream")?._htmx?.sse?.reader?.cancel();
      silent = setTimeout(() => document.hidden || over() || cut("offline"), 3000);
    }, 35000);
  };
  for (const sign of ["after:connection", "before:message"]) document.addEventListener("htmx:sse:" + sign, heard);
  // A page that would be left for the sign-in page stays while it has a text that only it has.
  document.addEventListener("htmx:before:response", (event) => {
    if (!event.detail?.ctx?.response?.raw?.headers.has("HX-Redirect") || !typed("typed", "saving", "failed").length) return;
    event.preventDefault();
    cut("ended");
  });
  // A request that is no longer the reader's is not taken from under what they are writing: they can still copy it.
  document.addEventListener("htmx:before:response", (event) => {
    const away = document.getElementById("away");
    const written = [...document.querySelectorAll("form[data-unsaved]")].filter(
      (form) => [...form.querySelectorAll("textarea")].some((field) => field.value.trim()));
    if (event.target.id !== "request-head" || event.detail?.ctx?.response?.status !== 404 || !away || !written.length) return;
    event.preventDefault();
    for (const form of written) form.dataset.unsaved = "failed";
    cut("away", away.textContent);
  });
  // A stream that could not even begin is tried again, too.
  document.addEventListener("htmx:finally:request", (event) => {
    const stream = event.target;
    if (stream.id !== "stream" || stream._htmx?.sse || over()) return;
    setTimeout(() => stream._htmx?.sse || htmx.ajax("GET", stream.getAttribute("hx-sse:connect"), { source: stream }), 15000);
  });

  // A form is sent once, however often its button is pressed. What was written by hand is sent only when something answers: a page
  // that cannot be reached would take its place.
  const sure = new WeakSet();
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.method === "dialog") return; // It goes nowhere, and may be sent again.
    if (form.getAttribute("aria-busy") === "true") event.preventDefault();
    if (event.defaultPrevented) return;
    form.setAttribute("aria-busy", "true");
    if (sure.delete(form) || !form.querySelector(".draft") || submitter?.hasAttribute("formaction") || over()) return;
    event.preventDefault();
    mended("unkept", "offline", "unsent");
    (save(form, false) ?? Promise.reject()).then(() => {
      sure.add(form);
      form.dataset.unsaved = "";
      form.removeAttribute("aria-busy");
      form.requestSubmit(submitter);
    }).catch(() => {
      form.dataset.unsaved = "failed";
      form.removeAttribute("aria-busy");
      cut("unsent");
    });
  });
  // While a form is on its way, nothing else that arrives may lead away from the page: the form's own answer does, even if the
  // page can no longer be opened by then, as after a hand-over.
  document.addEventListener("htmx:before:response", (event) => {
    if (document.querySelector("form[aria-busy=true]")) event.preventDefault();
  });
  addEventListener("pageshow", (event) => {
    // A page that the browser has kept whole is an old one: the session may be over. Safari has also emptied its forms, for
    // autocomplete="off": they must not be kept in place of the draft.
    if (event.persisted) {
      for (const form of document.querySelectorAll("form[data-unsaved]")) form.dataset.unsaved = "";
      return location.reload();
    }
    for (const form of document.forms) {
      form.removeAttribute("aria-busy");
      // On the way back browsers put in what was chosen last, which is not what the list shows.
      if (form.method === "get") form.reset();
    }
  });

  on("click", "[data-print]", () => print());

  // The stream's "announce" is read out once, politely. It stays to be seen, too.
  document.addEventListener("announce", ({ detail }) => {
    if (!detail?.data) return;
    for (const place of document.querySelectorAll("#live, .live")) place.textContent = detail.data;
  });

  // A list that is drawn anew stays where it is under whoever points at a row, has one selected, or reads on farther down.
  let pointer, held, shifted = 0;
  document.addEventListener("pointermove", (event) => {
    pointer = event.pointerType === "mouse" ? event : undefined;
  });
  document.addEventListener("htmx:before:request", (event) => {
    if (event.target.id === "rows" && document.hidden) event.preventDefault(); // When it is seen again, its stream begins anew.
  });
  document.addEventListener("htmx:before:swap", () => {
    const rows = [...document.querySelectorAll("#rows .case")];
    const pointed = pointer && document.elementFromPoint(pointer.clientX, pointer.clientY)?.closest("#rows .case");
    const row = pointed ?? rows.find((one) => one.contains(document.activeElement)) ??
      (scrollY > 0 && rows.find((one) => one.getBoundingClientRect().top >= 0));
    held = row && { id: row.id, group: row.closest("section").id, top: row.getBoundingClientRect().top, pointed: !!pointed };
  });
  document.addEventListener("htmx:after:swap", () => {
    const row = held && document.getElementById(held.id);
    if (!held) return;
    const off = () => (row?.closest("section")?.id === held.group ? row.getBoundingClientRect().top - held.top : NaN);
    if (off()) scrollBy({ top: off(), behavior: "instant" });
    if (held.pointed && !(Math.abs(off()) < 2)) shifted = performance.now();
  });
  // Where it could not stay, a click that was meant for another row does nothing.
  document.addEventListener("click", (event) => {
    if (event.detail && performance.now() - shifted < 400 && event.target.closest("#rows")) event.preventDefault();
  }, true);
})();
