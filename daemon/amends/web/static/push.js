// On a person's page: registers the service worker, and lets this phone ring by itself.
"use strict";

const ring = document.querySelector("[data-push]");
if (ring && "serviceWorker" in navigator && "PushManager" in window) {
  const said = ring.querySelector("[data-said]");
  const button = ring.querySelector("button");
  const ready = navigator.serviceWorker.register("/sw.js");
  ready.then(() => { button.hidden = false; }, () => { said.textContent = "This browser does not let pages ring."; });
  button.addEventListener("click", async () => {
    try {
      const registration = await ready;
      const text = ring.dataset.push.replace(/-/g, "+").replace(/_/g, "/");
      const key = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      const answer = await fetch(ring.dataset.address, {
        method: "POST", credentials: "same-origin",
        headers: { "Content-Type": "application/json" }, body: JSON.stringify(subscription),
      });
      said.textContent = answer.ok ? "This phone rings from now on." : "This phone could not be added.";
    } catch {
      said.textContent = "This phone did not allow it; allow notifications for this page, then press again.";
    }
  });
}
