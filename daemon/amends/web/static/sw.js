// The service worker: shows what is pushed, and posts the acknowledgement from the lock screen.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* not ours: say that something is there */ }
  const [acknowledge, open] = told.labels || ["Acknowledge", "Open"];
  const actions = [{ action: "open", title: open }];
  if (told.token) actions.unshift({ action: "acknowledge", title: acknowledge });
  event.waitUntil(self.registration.showNotification(told.title || "Amends", {
    body: told.body || "", tag: told.tag || "amends", renotify: true, actions,
    requireInteraction: Boolean(told.wakes), silent: told.wakes === false,
    icon: "/static/icon.svg", data: { url: told.url || "/", token: told.token },
  }));
});

self.addEventListener("notificationclick", (event) => {
  const { url, token } = event.notification.data;
  event.notification.close();
  if (event.action === "acknowledge" && token) {
    event.waitUntil(fetch(`/a/${token}`, { method: "POST" }).then((answer) => {
      if (!answer.ok) return self.clients.openWindow(url);
    }).catch(() => self.clients.openWindow(url)));
    return;
  }
  event.waitUntil(self.clients.openWindow(url));
});
