"use strict";

const COLOURS = ["blue", "turquoise", "green", "yellow", "orange", "red", "pink", "purple"];
const ICONS =
  ["fingerprint", "briefcase", "dollar", "cart", "circle", "gift", "vacation", "food", "fruit", "pet", "tree", "chill"];

// The address comes percent-encoded as a whole, with its scheme.
const [scheme, query] = decodeURIComponent(location.hash.slice(1)).split(/:(.*)/s);
const values = new URLSearchParams(query);

async function open() {
  const [name, url, color, icon] = ["name", "url", "color", "icon"].map((key) => values.get(key));
  if (scheme !== "ext+container" || !name || !COLOURS.includes(color) || !ICONS.includes(icon)) {
    throw new Error(`not an address that the add-ons take: ${location.hash}`);
  }
  const known = await browser.contextualIdentities.query({ name });
  const container = known[0] ?? (await browser.contextualIdentities.create({ name, color, icon }));
  await browser.tabs.create({ url: new URL(url).href, cookieStoreId: container.cookieStoreId });
  await browser.tabs.remove((await browser.tabs.getCurrent()).id);
}

open();
