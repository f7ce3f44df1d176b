// A map in the page: MapLibre on our own base map, a list beside it, search, time, swipe, drawing, a picture to keep.
// Called by Streamlit for each change of `data`; what the reader does goes back as states and triggers.

import { List } from "./list.js";
import { FONT, addHatch, draw, paint } from "./drawing.js";
import { Outline, picture } from "./tools.js";
import { Search } from "./search.js";

// Drawn here, as fonts of browsers lack such signs: outlines of 24 by 24.
const ICONS = {
  site: "M12 2v4M12 18v4M2 12h4M18 12h4M12 6a6 6 0 1 0 0 12a6 6 0 1 0 0-12M12 11a1 1 0 1 0 0 2a1 1 0 1 0 0-2",
  outline: "M5 8l7-5l8 6l-3 11H7z",
  list: "M4 6h16M4 12h16M4 18h16",
  picture: "M12 3v12M7 10l5 5l5-5M4 20h16",
};
const boards = new WeakMap();
const LISTED = "zone-map-list"; // whether a reader has opened the list beside a map, on all maps of a visit
const FRAME = 520; // pixels
const IDLE_MS = 700; // after the last movement, before the place is told

export async function mount(component) {
  const root = component.parentElement;
  if (!boards.has(root)) boards.set(root, new Board(root));
  await boards.get(root).update(component);
  return () => {
    boards.get(root)?.end();
    boards.delete(root);
  };
}

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in node && key !== "list") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

class Board {
  constructor(root) {
    this.root = root;
    this.shown = new Map();
    this.shownRight = new Map();
    this.queue = Promise.resolve();
  }

  /** Updates follow one another: a second one waits until the map of the first is there. */
  update(component) {
    this.queue = this.queue.then(() => this.change(component)).catch((fault) => this.fail(component.data, fault));
    return this.queue;
  }

  async change({ data, setStateValue, setTriggerValue }) {
    this.tell = { state: setStateValue, trigger: setTriggerValue };
    const first = !this.map;
    const restyled = this.data && this.data.style !== data.style;
    const moved = this.data && this.data.place !== data.place;
    this.data = data;
    if (first) await this.build(data);
    if (restyled) await this.restyle(data);
    if (moved)
      this.map.flyTo({
        center: [data.view.lon, data.view.lat],
        zoom: this.zoom(data.view, this.left),
        duration: this.duration(600),
      });
    await draw(this.map, this.layers(data.layers), this.shown);
    await this.swipe(data);
    this.time(data);
    this.listing(data);
    this.label(data);
    this.root.host?.setAttribute("data-drawn", String(Number(this.root.host.getAttribute("data-drawn") || 0) + 1));
  }

  layers(specs) {
    const { places } = this.data;
    return places ? [...specs, { id: "places", kind: "names", ...places }] : specs;
  }

  duration(ms) {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms;
  }

  async build(data) {
    const words = data.words;
    this.library = await import(new URL(data.library, document.baseURI).href);
    const css = element("link", { rel: "stylesheet", href: new URL(data.css, document.baseURI).href });
    this.left = element("div", { className: "pane" });
    this.tip = element("div", { className: "tip", hidden: true, role: "presentation" });
    this.stage = element("div", { className: "stage" }, this.left, this.tip);
    this.tools = element("div", { className: "tools", role: "toolbar", "aria-label": words.tools });
    this.slider = element("div", { className: "time", hidden: true });
    this.status = element("p", { className: "status", role: "status" });
    this.aside = element("aside", { className: "list" });
    const main = element("div", { className: "main" }, this.tools, this.stage, this.slider, this.status);
    this.frame = element("div", { className: "frame", dir: data.rtl ? "rtl" : "ltr" }, main, this.aside);
    this.frame.style.setProperty("--height", data.height);
    this.root.append(css, this.frame);
    this.list = new List(this.aside, words, {
      over: (id) => this.over(id),
      choose: (id) => this.tell.trigger("area", id),
    });
    this.map = await this.open(this.left, data);
    this.map.addControl(
      new this.library.NavigationControl({ showCompass: false }),
      data.rtl ? "top-left" : "top-right",
    );
    this.map.addControl(new this.library.ScaleControl({ unit: "metric" }), "bottom-left");
    this.map.on("moveend", (event) => this.settle(event));
    this.map.on("mousemove", (event) => this.hover(event));
    this.map.on("mouseout", () => this.hover(null));
    this.map.on("click", (event) => this.click(event));
    this.controls(data);
  }

  /** Views are made for frames of FRAME pixels or more; a smaller one looks from farther away. */
  zoom({ zoom, fits }, { clientWidth, clientHeight }) {
    const side = Math.min(clientWidth || FRAME, clientHeight || FRAME);
    return fits && side < FRAME ? Math.max(zoom + Math.log2(side / FRAME), 0) : zoom;
  }

  /** The base map's style, its names written in the page's own font by the browser: no letters have to be sent. */
  async look(data) {
    const style = await fetch(new URL(data.style, document.baseURI)).then((answer) => answer.json());
    delete style.glyphs;
    for (const source of Object.values(style.sources)) {
      if (source.attribution) source.attribution = source.attribution.replace(/<[^>]+>/g, "");
    }
    for (const layer of style.layers) if (layer.layout?.["text-font"]) layer.layout["text-font"] = [FONT];
    return style;
  }

  async open(container, data) {
    const map = new this.library.Map({
      container,
      style: await this.look(data),
      center: [data.view.lon, data.view.lat],
      zoom: this.zoom(data.view, container),
      attributionControl: { compact: false, ...(data.credit ? { customAttribution: data.credit } : {}) },
      canvasContextAttributes: { preserveDrawingBuffer: true, antialias: false },
      pixelRatio: Math.min(devicePixelRatio, 2),
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      locale: { "Map.Title": data.summary },
    });
    map.touchZoomRotate.disableRotation();
    return new Promise((done) => {
      map.once("style.load", () => {
        addHatch(map, data.missing.ground, data.missing.line);
        done(map);
      });
    });
  }

  async restyle(data) {
    for (const [map, shown] of [
      [this.map, this.shown],
      [this.right, this.shownRight],
    ]) {
      if (!map) continue;
      shown.clear();
      map.setStyle(await this.look(data), { diff: false });
      await new Promise((done) => map.once("style.load", done));
      addHatch(map, data.missing.ground, data.missing.line);
    }
  }

  controls(data) {
    const words = data.words;
    if (data.search) {
      this.search = new Search(this.tools, words, data.search, (hit) => this.found(hit));
    }
    const button = (label, icon, press, place = this.tools) => {
      const node = element("button", { type: "button", title: label, "aria-label": label });
      node.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
      node.addEventListener("click", () => press(node));
      place.append(node);
      return node;
    };
    if (data.tools?.site) {
      this.test = button(words.test, "site", () => this.testSite(!this.testing));
      this.test.setAttribute("aria-pressed", "false");
    }
    if (data.tools?.outline) {
      this.outline = new Outline(this.map, (ring) => {
        this.say("");
        this.pen.setAttribute("aria-pressed", "false");
        this.tell.trigger("outline", ring);
      });
      this.pen = button(words.outline, "outline", (node) => {
        const on = node.getAttribute("aria-pressed") !== "true";
        node.setAttribute("aria-pressed", String(on));
        this.say(on ? words.outline_help : "");
        if (on) this.outline.begin();
        else this.outline.end();
      });
      this.pen.setAttribute("aria-pressed", "false");
    }
    const corner = element("div", { className: "corner" });
    this.stage.append(corner);
    button(words.picture, "picture", () => this.save(), corner);
    this.lister = button(
      words.list,
      "list",
      () => {
        sessionStorage.setItem(LISTED, sessionStorage.getItem(LISTED) ? "" : "1");
        this.listing(this.data);
      },
      corner,
    );
    this.tools.hidden = !this.tools.childElementCount;
  }

  /** The list that a page gives its map, or one of the areas as they are coloured, opened by the reader. */
  listing(data) {
    const spec = this.areas();
    const own = !data.list && spec && spec.rows.id.length > 1;
    const open = Boolean(own && sessionStorage.getItem(LISTED));
    this.lister.hidden = !own;
    this.lister.setAttribute("aria-pressed", String(open));
    this.frame.classList.toggle("listed", Boolean(data.list) || open);
    const { id, name, shown, value = [] } = open ? spec.rows : {};
    const rows = open && id.map((_, n) => ({ id: id[n], name: name[n], shown: shown[n], value: value[n] ?? null }));
    this.list.update(open ? { title: data.legend?.title || "", rows } : data.list, data.selected);
  }

  testSite(on) {
    this.testing = on;
    this.test.setAttribute("aria-pressed", String(on));
    this.say(on ? this.data.words.test_help : "");
  }

  say(text) {
    this.status.textContent = text;
  }

  label(data) {
    const canvas = this.map.getCanvas();
    canvas.setAttribute("aria-label", data.summary);
    this.frame.dir = data.rtl ? "rtl" : "ltr";
  }

  /** The first layer of areas: what the list, the time and hovering are about. */
  areas(side = "layers") {
    const specs = side === "layers" ? this.data.layers : this.data.swipe?.layers || [];
    return specs.find((spec) => spec.kind === "areas");
  }

  over(id) {
    const spec = this.areas();
    if (!spec || id === this.hovered) return;
    for (const [area, on] of [
      [this.hovered, false],
      [id, true],
    ]) {
      if (area) this.map.setFeatureState({ source: spec.id, id: area }, { over: on });
    }
    this.hovered = id;
    this.list.mark(id);
  }

  pick(map, shown, at) {
    const reach = 4;
    const box = [
      [at.x - reach, at.y - reach],
      [at.x + reach, at.y + reach],
    ];
    const dots = [...shown.values()]
      .filter((layer) => layer.kind === "points" || layer.kind === "circles")
      .flatMap((layer) => layer.ids);
    const rest = [...shown.values()].flatMap((layer) => layer.ids).filter((id) => /-(fill|missing|line)$/.test(id));
    const asked = (ids, place) => (ids.length ? map.queryRenderedFeatures(place, { layers: ids })[0] : undefined);
    return (
      asked(dots, box) ||
      asked(
        rest.filter((id) => !id.startsWith("outline")),
        at,
      )
    );
  }

  hover(event) {
    const hit = event && !this.outline?.active ? this.pick(this.map, this.shown, event.point) : null;
    this.map.getCanvas().style.cursor = hit || this.testing || this.outline?.active ? "pointer" : "";
    const spec = this.areas();
    const isArea = hit && spec && hit.source === spec.id;
    this.over(isArea ? hit.properties.id : "");
    if (!hit) {
      this.tip.hidden = true;
      return;
    }
    const [name, text] = isArea ? this.words(spec, hit.properties.id) : [hit.properties.name, hit.properties.shown];
    this.tip.replaceChildren(
      element("strong", { textContent: name || "" }),
      element("span", { textContent: text || "" }),
    );
    this.tip.hidden = false;
    const { width, height } = this.stage.getBoundingClientRect();
    this.tip.style.left = `${Math.min(event.point.x + 14, width - 240)}px`;
    this.tip.style.top = `${Math.min(event.point.y + 14, height - 80)}px`;
  }

  words(spec, id) {
    const place = spec.rows.id.indexOf(id);
    const shown = this.step === undefined ? spec.rows.shown[place] : this.data.time.shown[this.step][place];
    const other = this.areas("swipe");
    const besides = other ? ` · ${this.data.swipe.label}: ${other.rows.shown[other.rows.id.indexOf(id)] ?? ""}` : "";
    return [spec.rows.name[place], `${shown ?? ""}${besides}`];
  }

  click(event) {
    if (this.outline?.active) return;
    if (this.testing) {
      this.testSite(false);
      this.tell.trigger(
        "site",
        [event.lngLat.lng, event.lngLat.lat].map((value) => Number(value.toFixed(5))),
      );
      return;
    }
    const hit = this.pick(this.map, this.shown, event.point);
    if (!hit) return;
    const { source_id: facility } = hit.properties;
    if (facility && this.data.tools.point) this.tell.trigger("point", facility);
    else if (hit.properties.id !== undefined) this.tell.trigger("area", String(hit.properties.id));
  }

  settle(event) {
    clearTimeout(this.idle);
    if (!event.originalEvent && !this.searched) return;
    this.searched = false;
    this.idle = setTimeout(() => {
      const { lng, lat } = this.map.getCenter();
      this.tell.state("view", [Number(lng.toFixed(5)), Number(lat.toFixed(5)), Number(this.map.getZoom().toFixed(2))]);
    }, IDLE_MS);
  }

  found(hit) {
    this.searched = true;
    if (hit.bounds)
      this.map.fitBounds([hit.bounds.slice(0, 2), hit.bounds.slice(2)], { padding: 30, duration: this.duration(500) });
    else this.map.flyTo({ center: [hit.lon, hit.lat], zoom: 16, duration: this.duration(500) });
    this.flag?.remove();
    if (hit.lon !== undefined)
      this.flag = new this.library.Marker({ color: this.data.mark }).setLngLat([hit.lon, hit.lat]).addTo(this.map);
    this.say(`${hit.label}${hit.detail ? `, ${hit.detail}` : ""}`);
  }

  /** Two maps over each other, the upper one cut at the handle. */
  async swipe(data) {
    if (!data.swipe) {
      if (this.right) this.right.remove();
      for (const node of [this.over_pane, this.handle, this.sides]) node?.remove();
      this.right = this.over_pane = this.handle = this.sides = undefined;
      this.shownRight.clear();
      return;
    }
    if (!this.right) {
      this.over_pane = element("div", { className: "pane right" });
      this.handle = element("input", {
        type: "range",
        min: 0,
        max: 100,
        value: 50,
        className: "swipe",
        "aria-label": data.words.swipe,
      });
      this.sides = element("div", { className: "sides" });
      this.stage.insertBefore(this.over_pane, this.tip);
      this.stage.append(this.handle, this.sides);
      const { lng, lat } = this.map.getCenter();
      this.right = await this.open(this.over_pane, { ...data, view: { lon: lng, lat, zoom: this.map.getZoom() } });
      const follow = () => this.right?.jumpTo({ center: this.map.getCenter(), zoom: this.map.getZoom() });
      this.map.on("move", follow);
      const cut = () => this.over_pane.style.setProperty("--cut", `${this.handle.value}%`);
      this.handle.addEventListener("input", cut);
      cut();
    }
    this.sides.replaceChildren(
      element("span", { textContent: data.swipe.before }),
      element("span", { textContent: data.swipe.label }),
    );
    await draw(this.right, this.layers(data.swipe.layers), this.shownRight);
  }

  /** The same areas on several days; the list keeps the day that the page is about. */
  time(data) {
    clearInterval(this.playing);
    this.playing = undefined;
    this.step = undefined;
    this.slider.hidden = !data.time;
    if (!data.time) return;
    const { labels, numbers } = data.time;
    const range = element("input", {
      type: "range",
      min: 0,
      max: labels.length - 1,
      value: labels.length - 1,
      "aria-label": data.words.day,
    });
    const day = element("output", { textContent: labels.at(-1) });
    const play = element("button", {
      type: "button",
      textContent: "▶",
      title: data.words.play,
      "aria-label": data.words.play,
    });
    const show = () => {
      const spec = this.areas();
      this.step = Number(range.value);
      day.textContent = labels[this.step];
      range.setAttribute("aria-valuetext", labels[this.step]);
      paint(this.map, spec.id, spec.rows.id, numbers[this.step]);
    };
    const stop = () => {
      clearInterval(this.playing);
      this.playing = undefined;
      play.textContent = "▶";
    };
    range.addEventListener("input", () => {
      stop();
      show();
    });
    play.addEventListener("click", () => {
      if (this.playing) return stop();
      play.textContent = "❚❚";
      this.playing = setInterval(() => {
        range.value = (Number(range.value) + 1) % labels.length;
        show();
        if (Number(range.value) === labels.length - 1) stop();
      }, 900);
    });
    this.step = labels.length - 1;
    range.setAttribute("aria-valuetext", labels.at(-1));
    this.slider.replaceChildren(play, range, day);
  }

  async save() {
    const blob = await picture(this.map, this.data);
    const link = element("a", { href: URL.createObjectURL(blob), download: `${this.data.file}.png` });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  fail(data, fault) {
    console.error(fault);
    if (this.failed) return;
    this.failed = true;
    this.root.append(element("p", { className: "status", role: "alert", textContent: data.words.failed }));
  }

  end() {
    clearInterval(this.playing);
    clearTimeout(this.idle);
    this.map?.remove();
    this.right?.remove();
    this.frame?.remove();
  }
}
