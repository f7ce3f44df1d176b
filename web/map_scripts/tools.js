// Drawing an outline by clicks, and the map as a picture with its legend and credit.

const CORNERS = 40;

export class Outline {
  constructor(map, done) {
    this.map = map;
    this.done = done;
    this.active = false;
    this.click = (event) => this.add(event);
    this.finish = (event) => {
      event.preventDefault();
      this.close();
    };
    this.key = (event) => {
      if (event.key === "Enter") this.close();
      if (event.key === "Escape") this.end();
    };
  }

  begin() {
    this.corners = [];
    this.active = true;
    this.map.doubleClickZoom.disable();
    this.map.on("click", this.click);
    this.map.on("dblclick", this.finish);
    this.map.getCanvas().addEventListener("keydown", this.key);
    this.show();
  }

  add(event) {
    const corner = [event.lngLat.lng, event.lngLat.lat].map((value) => Number(value.toFixed(5)));
    const last = this.corners.at(-1);
    if (last && last[0] === corner[0] && last[1] === corner[1]) return; // a double click adds its place once
    if (this.corners.length < CORNERS) this.corners.push(corner);
    this.show();
  }

  close() {
    if (this.corners.length < 3) return;
    const ring = [...this.corners, this.corners[0]];
    this.active = false;
    this.stop();
    this.show();
    this.done(ring);
  }

  end() {
    this.active = false;
    this.corners = [];
    this.stop();
    this.show();
  }

  stop() {
    this.map.off("click", this.click);
    this.map.off("dblclick", this.finish);
    this.map.getCanvas().removeEventListener("keydown", this.key);
    setTimeout(() => this.map.doubleClickZoom.enable(), 300);
  }

  show() {
    const line = this.corners.length > 1 ? [...this.corners, ...(this.active ? [] : [this.corners[0]])] : this.corners;
    const features = [
      ...this.corners.map((corner) => ({
        type: "Feature",
        properties: {},
        geometry: { type: "Point", coordinates: corner },
      })),
      ...(line.length > 1
        ? [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line } }]
        : []),
    ];
    const data = { type: "FeatureCollection", features };
    if (this.map.getSource("drawn")) return this.map.getSource("drawn").setData(data);
    this.map.addSource("drawn", { type: "geojson", data });
    this.map.addLayer({
      id: "drawn-line",
      type: "line",
      source: "drawn",
      paint: { "line-color": "#d55e00", "line-width": 2.5, "line-dasharray": [2, 1] },
    });
    this.map.addLayer({
      id: "drawn-corner",
      type: "circle",
      source: "drawn",
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 4, "circle-color": "#d55e00", "circle-stroke-color": "#fff", "circle-stroke-width": 1 },
    });
  }
}

/** What the map shows now with its title, legend, source and credit, as a PNG. */
export async function picture(map, data) {
  const shot = map.getCanvas();
  const scale = shot.width / shot.clientWidth;
  const font = (size, weight = 400) => `${weight} ${size * scale}px "Source Sans", sans-serif`;
  const rim = 16 * scale;
  const canvas = document.createElement("canvas");
  canvas.width = shot.width + 2 * rim;
  const pen = canvas.getContext("2d");
  pen.font = font(20, 600);
  const title = wrapped(pen, data.title, shot.width);
  pen.font = font(12);
  const foot = data.foot.flatMap((text) => wrapped(pen, text, shot.width));
  const top = rim + title.length * 26 * scale;
  const key = data.legend ? (data.legend.items.length + 1) * 20 * scale + rim : 0;
  canvas.height = top + shot.height + rim + key + foot.length * 17 * scale + rim;
  pen.fillStyle = data.paper.ground;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(shot, rim, top);
  pen.fillStyle = data.paper.ink;
  pen.direction = data.rtl ? "rtl" : "ltr";
  pen.textAlign = "start";
  const start = data.rtl ? canvas.width - rim : rim;
  pen.font = font(20, 600);
  title.forEach((line, place) => pen.fillText(line, start, rim + (place + 0.8) * 26 * scale));
  let y = top + shot.height + rim;
  pen.font = font(13, 600);
  if (data.legend) {
    pen.fillText(data.legend.title, start, y);
    pen.font = font(13);
    for (const [colour, label] of data.legend.items) {
      y += 20 * scale;
      pen.fillStyle = colour;
      pen.fillRect(data.rtl ? start - 16 * scale : start, y - 11 * scale, 16 * scale, 13 * scale);
      pen.fillStyle = data.paper.ink;
      pen.fillText(label, data.rtl ? start - 22 * scale : start + 22 * scale, y);
    }
    y += rim;
  }
  pen.font = font(12);
  foot.forEach((line) => {
    y += 17 * scale;
    pen.fillText(line, start, y);
  });
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function wrapped(pen, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (pen.measureText(longer).width > width && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
