/** Everything the page shows, taken out of the document and put back: what is behind a lock is not there to be uncovered. */
export function setAside(stays: Element): () => void {
  const away = document.createDocumentFragment();
  for (const one of [...document.body.children]) {
    if (one !== stays && one.tagName !== "SCRIPT") away.append(one);
  }
  return () => document.body.prepend(away);
}
