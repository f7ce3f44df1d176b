// Areas, streets, stops and facilities by name: a combobox after the ARIA pattern, answered by this server.

const WAIT_MS = 120; // after the last key

export class Search {
  constructor(place, words, path, choose) {
    this.path = path;
    this.choose = choose;
    this.words = words;
    this.hits = [];
    this.input = Object.assign(document.createElement("input"), { type: "search", placeholder: words.search });
    this.input.autocomplete = "off";
    this.list = Object.assign(document.createElement("ul"), { id: "hits", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", words.search);
    for (const [name, value] of [
      ["role", "combobox"],
      ["aria-label", words.search],
      ["aria-controls", "hits"],
      ["aria-autocomplete", "list"],
      ["aria-expanded", "false"],
    ]) {
      this.input.setAttribute(name, value);
    }
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.open(false), 150));
    const box = Object.assign(document.createElement("div"), { className: "search" });
    box.append(this.input, this.list);
    place.append(box);
  }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    const text = this.input.value.trim();
    const asked = (this.asked = Symbol(text));
    if (text.length < 2) return this.open(false);
    const address = new URL(this.path, document.baseURI);
    address.searchParams.set("q", text);
    const answer = await fetch(address)
      .then((response) => (response.ok ? response.json() : []))
      .catch(() => []);
    if (this.asked !== asked) return; // a later question is on its way
    this.hits = answer;
    this.show();
  }

  show() {
    this.at = -1;
    const items = this.hits.map((hit, place) => {
      const item = Object.assign(document.createElement("li"), { id: `hit-${place}` });
      item.setAttribute("role", "option");
      const label = Object.assign(document.createElement("strong"), { textContent: hit.label });
      const detail = Object.assign(document.createElement("span"), { textContent: hit.detail });
      item.append(label, detail);
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.take(place);
      });
      return item;
    });
    if (!items.length)
      items.push(Object.assign(document.createElement("li"), { textContent: this.words.no_hit, className: "none" }));
    this.list.replaceChildren(...items);
    this.open(true);
  }

  open(on) {
    this.list.hidden = !on;
    this.input.setAttribute("aria-expanded", String(on));
    if (!on) this.input.removeAttribute("aria-activedescendant");
  }

  take(place) {
    const hit = this.hits[place];
    if (!hit) return;
    this.input.value = hit.label;
    this.open(false);
    this.choose(hit);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.hits.length) {
      event.preventDefault();
      this.at = (this.at + step + this.hits.length) % this.hits.length;
      [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === this.at)));
      this.input.setAttribute("aria-activedescendant", `hit-${this.at}`);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.take(Math.max(this.at ?? 0, 0));
    } else if (event.key === "Escape") {
      this.open(false);
    }
  }
}
