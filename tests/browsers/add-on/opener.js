"use strict";

// The address comes percent-encoded as a whole, behind its scheme.
const values = new URLSearchParams(decodeURIComponent(location.hash.slice(1)).replace(/^ext\+container:/, ""));

async function open() {
  const [name, url, color, icon] = ["name", "url", "color", "icon"].map((key) => values.get(key));
  const known = await browser.contextualIdentities.query({ name });
  const container = known[0] ?? (await browser.contextualIdentities.create({ name, color, icon }));
  await browser.tabs.create({ url, cookieStoreId: container.cookieStoreId });
}

open();
