// A phone in a room: the question shown, drawn by its kind; what is typed stays; answers are sent until they are
// stored.
const group = document.getElementById("group");
const make = (tag, parts = {}, ...inside) => {
  const element = Object.assign(document.createElement(tag), parts);
  element.append(...inside);
  return element;
};
// As long as the cookie by which the server knows the phone: a page that is opened again goes on where it was.
const remember = (key, value) => {
  try {
    if (value !== undefined) localStorage.setItem(`${CODE} ${key}`, JSON.stringify(value));
    return JSON.parse(localStorage.getItem(`${CODE} ${key}`));
  } catch {
    return null;
  }
};
if (group) {
  group.value = remember("group") || "";
  group.onchange = () => remember("group", group.value);
}
/** Say something once: a live region that is set to the same words again is read again. */
const say = (place, words) => {
  if (place.textContent !== words) place.textContent = words;
};
let typed = 0; // when somebody last typed here

/** How a kind of question is drawn: its fields, how they are read, and what is not ready to be sent yet. */
const KINDS = {
  poll: (question, old) => choices(question, old, "radio"),
  several: (question, old) => choices(question, old, "checkbox"),
  priorities: (question, old) => choices(question, old, "checkbox"),
  ranking,
  scale,
  budget,
  pin,
  text: words,
  stage: words,
  cloud: words,
  estimate,
};

function choices(question, old, type) {
  const fields = question.options.map(([key, label]) => {
    const input = make("input", {
      type,
      name: `choice-${question.id}`,
      value: key,
      checked: (old || []).includes(key),
    });
    return make("label", { className: "option" }, input, make("span", { textContent: label }));
  });
  const inputs = () => fields.map((field) => field.firstChild);
  const read = () =>
    inputs()
      .filter((input) => input.checked)
      .map((input) => input.value);
  const most = make("p", { textContent: SENTENCES.most.replace("{limit}", question.limit) });
  return {
    nodes: type === "radio" || question.limit >= question.options.length ? fields : [most, ...fields],
    read,
    refresh: (open) => {
      const full = type === "checkbox" && read().length >= question.limit;
      for (const input of inputs()) input.disabled = !open || (full && !input.checked);
    },
    ready: () => read().length > 0,
  };
}

function ranking(question, old) {
  const names = Object.fromEntries(question.options);
  // Each phone begins with an order of its own, so that the order of the list wins nothing.
  const start =
    old || remember(`order-${question.id}`) || question.options.map(([key]) => key).sort(() => Math.random() - 0.5);
  remember(`order-${question.id}`, start);
  const list = make("ol", { className: "ranking" });
  const read = () => [...list.children].map((item) => item.dataset.key);
  const number = () =>
    [...list.children].forEach((item, place) => {
      const [up, down] = item.querySelectorAll("button");
      up.disabled = place === 0;
      down.disabled = place === list.children.length - 1;
      item.setAttribute("aria-label", `${place + 1}. ${names[item.dataset.key]}`);
    });
  for (const key of start) {
    const item = make("li", {}, make("span", { textContent: names[key] }));
    item.dataset.key = key;
    const move = (label, sign, step) => {
      const button = make("button", {
        type: "button",
        className: "move",
        textContent: sign,
        title: label,
        ariaLabel: `${label}: ${names[key]}`,
      });
      button.onclick = () => {
        const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
        if (other) step < 0 ? other.before(item) : other.after(item);
        number();
        (button.disabled ? item.querySelector("button:not(:disabled)") : button).focus();
        list.dispatchEvent(new Event("input", { bubbles: true }));
      };
      return button;
    };
    item.append(move(SENTENCES.up, "↑", -1), move(SENTENCES.down, "↓", 1));
    list.append(item);
  }
  number();
  return {
    nodes: [make("p", { textContent: SENTENCES.order }), list],
    read,
    ready: () => true,
    refresh: (open) => open && number(),
  };
}

function scale(question, old) {
  const rows = question.options.map(([key, label]) => {
    const steps = Array.from({ length: LIMITS.steps }, (_, place) => {
      const value = String(place + 1);
      const input = make("input", {
        type: "radio",
        name: `scale-${question.id}-${key}`,
        value,
        checked: (old || {})[key] === place + 1,
      });
      return make("label", { className: "step" }, input, make("span", { textContent: value }));
    });
    const row = make("fieldset", { className: "scale" });
    if (label !== question.prompt) row.append(make("legend", { textContent: label }));
    else row.setAttribute("aria-label", label);
    row.append(
      make("div", { className: "steps" }, ...steps),
      make(
        "div",
        { className: "ends" },
        make("small", { textContent: SENTENCES.least }),
        make("small", { textContent: SENTENCES.fully }),
      ),
    );
    row.dataset.key = key;
    return row;
  });
  const read = () => {
    const value = {};
    for (const row of rows) {
      const checked = row.querySelector("input:checked");
      if (checked) value[row.dataset.key] = Number(checked.value);
    }
    return value;
  };
  return { nodes: rows, read, ready: () => Object.keys(read()).length > 0 };
}

function budget(question, old) {
  const left = make("p", { className: "left" }),
    rows = [],
    inputs = {};
  const even = Math.floor(LIMITS.points / question.options.length);
  const points = (input) => Math.max(0, Math.round(Number(input.value)) || 0);
  const read = () => Object.fromEntries(Object.entries(inputs).map(([key, input]) => [key, points(input)]));
  const total = () => Object.values(read()).reduce((sum, value) => sum + value, 0);
  const spread = () => {
    // whole points in the same proportion, the largest remainders first
    const all = total(),
      exact = Object.entries(read()).map(([key, value]) => [key, (value * LIMITS.points) / all]);
    const parts = Object.fromEntries(exact.map(([key, value]) => [key, Math.floor(value)]));
    const over = exact.sort((a, b) => (b[1] % 1) - (a[1] % 1));
    const rest = LIMITS.points - Object.values(parts).reduce((sum, value) => sum + value, 0);
    for (let place = 0; place < rest; place++) parts[over[place][0]]++;
    for (const [key, input] of Object.entries(inputs)) input.value = input.range.value = parts[key];
  };
  question.options.forEach(([key, label], place) => {
    const start = old ? old[key] : even + (place < LIMITS.points - even * question.options.length ? 1 : 0);
    const number = make("input", {
      type: "number",
      min: 0,
      max: LIMITS.points,
      step: 1,
      value: start,
      inputMode: "numeric",
      ariaLabel: label,
    });
    const range = make("input", { type: "range", min: 0, max: LIMITS.points, step: 1, value: start, ariaLabel: label });
    number.oninput = () => {
      range.value = number.value;
    };
    range.oninput = () => {
      number.value = range.value;
    };
    number.range = range;
    inputs[key] = number;
    rows.push(make("div", { className: "points" }, make("span", { textContent: label }), number, range));
  });
  return {
    nodes: [...rows, left],
    read,
    ready: () => total() > 0,
    label: () => (total() === LIMITS.points ? "" : SENTENCES.scale),
    // What does not add up is scaled first, with the person looking; the next press sends it.
    agreed: () => total() === LIMITS.points || (spread(), false),
    refresh: () => {
      left.textContent = `${LIMITS.points - total()} ${SENTENCES.left}`;
    },
  };
}

function words(question, old) {
  const sent = remember(`texts-${question.id}`) || [];
  const field = question.kind === "cloud" ? make("input", { type: "text" }) : make("textarea", { rows: 3 });
  Object.assign(field, { maxLength: question.longest, value: old || "", ariaLabel: question.prompt });
  const list = make("ul", { className: "sent" }),
    hint = make("small", { textContent: SENTENCES.text });
  const show = () => {
    list.replaceChildren(...sent.map((text) => make("li", { textContent: `✓ ${text}` })));
    field.hidden = hint.hidden = sent.length >= question.slots;
  };
  show();
  return {
    nodes: [field, hint, list],
    read: () => field.value.trim(),
    ready: () => Boolean(field.value.trim()),
    slot: () => sent.length,
    full: () => sent.length >= question.slots,
    stored: (text) => {
      sent.push(text);
      remember(`texts-${question.id}`, sent);
      if (field.value.trim() === text) field.value = "";
      show();
    },
  };
}

function estimate(question, old) {
  const field = make("input", {
    type: "number",
    step: "any",
    inputMode: "decimal",
    value: old ?? "",
    ariaLabel: question.prompt,
  });
  return {
    nodes: [make("label", { className: "guess" }, field, make("span", { textContent: question.unit }))],
    read: () => (field.value === "" ? null : Number(field.value)),
    ready: () => field.value !== "" && Number.isFinite(Number(field.value)),
  };
}

function pin(question, old) {
  let place = old && Number.isFinite(old.lon) ? { lon: old.lon, lat: old.lat } : null,
    map = null,
    mark = null;
  const box = make("div", { className: "map" }),
    where = make("p", { className: "left", role: "status" });
  const search = make("input", { type: "search", ariaLabel: SENTENCES.search, placeholder: SENTENCES.search });
  const hits = make("ul", { className: "hits", ariaLive: "polite" });
  const reason = make("textarea", {
    rows: 2,
    maxLength: LIMITS.text,
    value: (old && old.reason) || "",
    ariaLabel: SENTENCES.reason,
    placeholder: SENTENCES.reason,
  });
  const put = (lon, lat, name = "") => {
    const [west, south, east, north] = MAP.bounds;
    if (lon < west || lon > east || lat < south || lat > north) return;
    place = { lon, lat };
    where.textContent = name ? `${SENTENCES.pinned}: ${name}` : SENTENCES.pinned;
    if (map) mark = (mark || new map.library.Marker({ color: "#00607a" })).setLngLat([lon, lat]).addTo(map);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  let asked = 0;
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // a hit is chosen, nothing is sent
  });
  search.addEventListener("input", async (event) => {
    event.stopPropagation();
    const query = search.value.trim(),
      mine = ++asked;
    if (query.length < 2) return hits.replaceChildren();
    const found = await fetch(`../${MAP.search}&q=${encodeURIComponent(query)}`)
      .then((reply) => reply.json())
      .catch(() => []);
    if (mine !== asked) return;
    hits.replaceChildren(
      ...found.slice(0, 6).map((hit) => {
        const button = make("button", {
          type: "button",
          className: "hit",
          textContent: [hit.label, hit.detail].filter(Boolean).join(" · "),
        });
        button.onclick = () => {
          put(hit.lon, hit.lat, hit.label);
          map?.jumpTo({ center: [hit.lon, hit.lat], zoom: 15 });
          hits.replaceChildren();
        };
        return make("li", {}, button);
      }),
    );
  });
  if (place) where.textContent = SENTENCES.pinned;
  if (MAP.library)
    open_map(box, put)
      .then((opened) => {
        map = opened;
        if (place) put(place.lon, place.lat);
      })
      .catch(() => {
        box.hidden = true;
      });
  else box.hidden = true;
  return {
    nodes: [make("p", { textContent: SENTENCES.tap }), search, hits, box, where, reason],
    read: () => ({ ...place, reason: reason.value.trim() }),
    ready: () => Boolean(place),
  };
}

/** The city's map: our own tiles where the city has them, its areas in any case. A tap puts the pin. */
async function open_map(box, put) {
  const address = (part) => new URL(`../${part}`, location.href).href;
  const library = await import(address(MAP.library));
  document.head.append(make("link", { rel: "stylesheet", href: address(MAP.css) }));
  let style = {
    version: 8,
    sources: {},
    layers: [{ id: "ground", type: "background", paint: { "background-color": "#f4f2ef" } }],
  };
  if (MAP.style) {
    style = await fetch(address(MAP.style)).then((reply) => reply.json());
    delete style.glyphs; // names are written in the phone's own letters
    for (const source of Object.values(style.sources))
      if (source.attribution) source.attribution = source.attribution.replace(/<[^>]+>/g, "");
    for (const layer of style.layers) if (layer.layout?.["text-font"]) layer.layout["text-font"] = ["sans-serif"];
  }
  const [west, south, east, north] = MAP.bounds;
  const map = new library.Map({
    container: box,
    style,
    bounds: [
      [west, south],
      [east, north],
    ],
    maxBounds: [
      [west - 0.2, south - 0.2],
      [east + 0.2, north + 0.2],
    ],
    dragRotate: false,
    pitchWithRotate: false,
    cooperativeGestures: false,
    fadeDuration: 0,
    attributionControl: { compact: true },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.library = library;
  map.on("click", (event) => put(event.lngLat.lng, event.lngLat.lat));
  await new Promise((done) => map.once("style.load", done));
  map.addSource("areas", { type: "geojson", data: address(MAP.shapes) });
  map.addLayer({ id: "areas", type: "line", source: "areas", paint: { "line-color": "#555555", "line-width": 1.2 } });
  return map;
}

/** A form for one question, which keeps what is typed while the question stays the same. */
class Sheet {
  constructor(form, note) {
    Object.assign(this, { form, note, question: null, key: null, unsent: null });
    form.noValidate = true;
    form.onsubmit = (event) => {
      event.preventDefault();
      this.submit();
    };
  }

  update(question) {
    if (!question) {
      this.form.hidden = true;
      this.question = this.key = null;
      return;
    }
    const key = JSON.stringify([question.id, question.prompt, question.options]),
      turned = this.question?.open !== question.open;
    this.question = question;
    if (key !== this.key) {
      this.key = key;
      this.draw();
      this.hold();
    } else if (turned) this.hold();
    this.time();
    this.texts();
  }

  draw() {
    const { id, kind, prompt } = this.question;
    this.parts = KINDS[kind](
      this.question,
      remember(`draft-${id}`) ?? (kind in { text: 1, stage: 1, cloud: 1 } ? null : remember(`answer-${id}`)),
    );
    const inside = make("fieldset", {}, make("legend", { textContent: prompt }), ...this.parts.nodes);
    inside.addEventListener("input", () => {
      typed = Date.now();
      remember(`draft-${id}`, this.parts.read());
      this.refresh();
    });
    this.button = make("button");
    this.clock = make("p", { className: "clock", role: "timer" });
    this.supported = make("ul", { className: "supported" });
    this.form.replaceChildren(this.clock, inside, this.button, this.supported);
    this.form.hidden = false;
    say(document.getElementById("announce"), prompt);
  }

  refresh() {
    const { open, id } = this.question,
      parts = this.parts;
    parts.refresh?.(open);
    this.button.hidden = Boolean(parts.full?.());
    this.button.disabled = !open || !parts.ready();
    this.button.textContent =
      parts.label?.() || (remember(`answer-${id}`) && !parts.slot ? SENTENCES.change : SENTENCES.send);
  }

  hold() {
    // what is typed stays, whether answers are taken or not
    for (const field of this.form.querySelectorAll("input, textarea, button")) field.disabled = !this.question.open;
    this.refresh();
    say(this.note, this.question.open ? (remember(`answer-${this.question.id}`) ? this.thanks() : "") : SENTENCES.held);
  }

  thanks() {
    return this.parts.slot ? (this.parts.full() ? SENTENCES.enough : SENTENCES.waits) : SENTENCES.sent;
  }

  time() {
    const left = this.question.left_s;
    this.until = left === null || left === undefined ? null : Date.now() + 1000 * left;
    this.tick();
  }

  tick() {
    if (!this.clock) return;
    const left = this.until ? Math.max(0, Math.round((this.until - Date.now()) / 1000)) : null;
    this.clock.hidden = left === null;
    if (left !== null) this.clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }

  /** Texts that were let through, each with a button to support it. */
  texts() {
    const texts = this.question.texts || [],
      mine = new Set(remember("support") || []);
    const key = JSON.stringify([this.question.id, texts.map(({ id, value }) => [id, value])]);
    if (key !== this.textsKey) {
      this.textsKey = key;
      this.supports = new Map(texts.map(({ id }) => [id, make("button", { type: "button", className: "support" })]));
      this.supported.replaceChildren(
        ...texts.map(({ id, value }) => make("li", {}, make("span", { textContent: value }), this.supports.get(id))),
      );
    }
    for (const { id, value, people } of texts) {
      // the buttons stay, so that the focus does
      const button = this.supports.get(id);
      Object.assign(button, {
        textContent: `▲ ${people}`,
        disabled: !this.question.open,
        onclick: () => this.support(id, !mine.has(id), button),
      });
      button.setAttribute("aria-pressed", String(mine.has(id)));
      button.setAttribute("aria-label", `${SENTENCES.support} ${value} (${people})`);
    }
  }

  async support(id, wants, button) {
    try {
      const reply = await post("support", { text: id, wants });
      if (!reply.ok) return say(this.note, await fault(reply));
      const mine = new Set(remember("support") || []);
      wants ? mine.add(id) : mine.delete(id);
      remember("support", [...mine]);
      button.setAttribute("aria-pressed", String(wants));
      ask();
    } catch {
      say(this.note, SENTENCES.lost);
    }
  }

  submit() {
    if (this.unsent || !this.parts.ready() || (this.parts.agreed && !this.parts.agreed())) return void this.refresh();
    this.unsent = [this.question, this.parts.read(), this.parts.slot?.() ?? 0];
    this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    const [question, value, slot] = this.unsent;
    try {
      const reply = await post("answer", { question: question.id, group: group ? group.value : "", value, slot });
      // Kept, and sent again.
      if (reply.status === 429 || reply.status >= 500) return say(this.note, await fault(reply));
      this.unsent = null;
      if (!reply.ok) return say(this.note, await fault(reply));
      remember(`answer-${question.id}`, value);
      remember(`draft-${question.id}`, null);
      if (question.id !== this.question?.id) return;
      this.parts.stored?.(value);
      say(this.note, this.thanks());
      this.refresh();
    } catch {
      say(this.note, SENTENCES.lost);
    } finally {
      this.sending = false;
    }
  }
}

/** Why a request was refused, in this page's language. */
async function fault(reply) {
  if (reply.status === 429) return SENTENCES.busy;
  if (reply.status >= 500) return SENTENCES.away;
  return (await reply.json()).fault;
}
const post = (what, body) =>
  fetch(`${CODE}/${what}${location.search}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
const note = document.getElementById("note"),
  stageBox = document.getElementById("stage-box"),
  results = document.getElementById("results");
const sheet = new Sheet(document.getElementById("question"), note),
  stage = new Sheet(document.getElementById("stage"), document.getElementById("stage-note"));

function update(now) {
  results.hidden = !now.closed;
  stageBox.hidden = !now.stage;
  if (now.closed || now.missing) {
    sheet.update(null);
    say(note, SENTENCES.closed);
    return;
  }
  const waited = sheet.question === null;
  sheet.update(now.question);
  stage.update(now.stage);
  if (!now.question) say(note, SENTENCES.wait);
  else if (waited && note.textContent === SENTENCES.wait) say(note, "");
}

let asking = false;
async function ask() {
  if (asking) return;
  asking = true;
  try {
    const typing = Date.now() - typed < 3000 ? "&typing=1" : "";
    const reply = await fetch(`${CODE}/now?${location.search.slice(1)}${typing}`);
    if (reply.ok) update(await reply.json());
    for (const form of [sheet, stage]) if (form.unsent) form.send();
  } catch {
    /* shown when something is sent */
  } finally {
    asking = false;
  }
}
update(STATE);
setInterval(() => [sheet, stage].forEach((form) => form.tick()), 500);
// A room of phones that opened the page together does not ask together.
setTimeout(() => setInterval(ask, 2000), 2000 * Math.random());
