// What lies on the base map: layers as Python describes them (views/map_component.py), in MapLibre's words.

export const FONT = "Source Sans";
const HATCH = "hatch";
const M_PER_DEGREE = 111320; // of latitude
const EMPTY = { type: "FeatureCollection", features: [] };

const address = (path) => new URL(path, document.baseURI).href;
const feature = (geometry, properties) => ({ type: "Feature", geometry, properties });
const collection = (features) => ({ type: "FeatureCollection", features });
const point = (lon, lat) => ({ type: "Point", coordinates: [lon, lat] });

/** Rows of a table by column -> objects. */
function records(rows) {
  const names = Object.keys(rows);
  return rows[names[0]].map((_, place) => Object.fromEntries(names.map((name) => [name, rows[name][place]])));
}

function circle(lon, lat, metres) {
  const across = metres / (M_PER_DEGREE * Math.cos((lat * Math.PI) / 180));
  const ring = Array.from({ length: 61 }, (_, step) => {
    const turn = (2 * Math.PI * (step % 60)) / 60;
    return [lon + across * Math.cos(turn), lat + (metres / M_PER_DEGREE) * Math.sin(turn)];
  });
  return { type: "Polygon", coordinates: [ring] };
}

/** A curve from one place to another, bent to its left by a tenth of its length. */
function curve(from, to) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const middle = [(from[0] + to[0]) / 2 - dy / 5, (from[1] + to[1]) / 2 + dx / 5];
  const coordinates = Array.from({ length: 25 }, (_, step) => {
    const t = step / 24;
    return [0, 1].map((axis) => (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * middle[axis] + t * t * to[axis]);
  });
  return { type: "LineString", coordinates };
}

/** Diagonal lines on a colour: areas without a figure are told from the lowest class by more than their grey. */
export function addHatch(map, ground, line) {
  const size = 8;
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = line;
  pen.lineWidth = 1.4;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
    pen.stroke();
  }
  if (!map.hasImage(HATCH)) map.addImage(HATCH, pen.getImageData(0, 0, size, size));
}

/** The lowest layer of names: data lie under it, so that names stay readable. */
function below(map) {
  return map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
}

const KINDS = {
  areas: (spec) => {
    const colour = ["match", ["feature-state", "number"], ...spec.colours.flatMap((fill, place) => [place, fill])];
    const over = ["boolean", ["feature-state", "over"], false];
    const shown = ["in", ["get", "id"], ["literal", spec.rows.id]];
    return {
      data: spec.shapes,
      promote: "id",
      layers: [
        {
          id: "fill",
          type: "fill",
          paint: { "fill-color": [...colour, "rgba(0,0,0,0)"], "fill-opacity": spec.opacity },
        },
        { id: "missing", type: "fill", paint: { "fill-pattern": HATCH, "fill-opacity": 0.8 } },
        {
          id: "line",
          type: "line",
          filter: shown,
          paint: {
            "line-color": ["case", over, spec.ink, "rgba(120,120,120,.55)"],
            "line-width": ["case", over, 2.5, 0.7],
          },
        },
        {
          id: "selected",
          type: "line",
          filter: ["==", ["get", "id"], spec.selected],
          paint: { "line-color": spec.mark, "line-width": 3.5 },
        },
      ],
    };
  },
  outline: (spec) => ({
    data: spec.shapes,
    layers: [
      {
        id: "line",
        type: "line",
        ...(spec.only ? { filter: ["==", ["get", "id"], spec.only] } : {}),
        paint: { "line-color": spec.ink, "line-width": 1.4 },
      },
    ],
  }),
  points: (spec) => ({
    data: collection(records(spec.rows).map(({ lon, lat, ...rest }) => feature(point(lon, lat), rest))),
    layers: [
      {
        id: "dot",
        type: "circle",
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, spec.radius * 0.6, 14, spec.radius * 1.7],
          "circle-color": spec.colour,
          "circle-stroke-color": "#ffffff",
          "circle-stroke-width": 0.8,
        },
      },
    ],
  }),
  circles: (spec) => ({
    data: collection(records(spec.rows).map(({ lon, lat, ...rest }) => feature(point(lon, lat), rest))),
    layers: [
      {
        id: "dot",
        type: "circle",
        paint: {
          "circle-radius": [
            "interpolate",
            ["linear"],
            ["zoom"],
            9,
            ["*", 0.6, ["get", "radius"]],
            13,
            ["*", 2, ["get", "radius"]],
          ],
          "circle-color": spec.colour,
          "circle-opacity": 0.55,
          "circle-stroke-color": spec.colour,
          "circle-stroke-width": 1.2,
        },
      },
    ],
  }),
  hexagons: (spec) => ({
    data: collection(
      records(spec.rows).map(({ lon, lat, ...rest }) => {
        const ring = spec.corners.map(([dx, dy]) => [lon + dx, lat + dy]);
        return feature({ type: "Polygon", coordinates: [[...ring, ring[0]]] }, rest);
      }),
    ),
    layers: [
      {
        id: "fill",
        type: "fill",
        paint: {
          "fill-color": [
            "match",
            ["get", "number"],
            ...spec.colours.flatMap((fill, place) => [place, fill]),
            "rgba(0,0,0,0)",
          ],
          "fill-opacity": spec.opacity,
          "fill-antialias": false,
        },
      },
    ],
  }),
  catchment: (spec) => ({
    data: collection(records(spec.rows).map(({ lon, lat, ...rest }) => feature(circle(lon, lat, spec.metres), rest))),
    layers: [
      { id: "fill", type: "fill", paint: { "fill-color": spec.colour, "fill-opacity": 0.22 } },
      { id: "line", type: "line", paint: { "line-color": spec.colour, "line-width": 2 } },
    ],
  }),
  arcs: (spec) => ({
    lineMetrics: true,
    data: collection(
      records(spec.rows).map(({ origin_lon, origin_lat, asylum_lon, asylum_lat, ...rest }) =>
        feature(curve([origin_lon, origin_lat], [asylum_lon, asylum_lat]), rest),
      ),
    ),
    layers: [
      {
        id: "line",
        type: "line",
        layout: { "line-cap": "round" },
        paint: {
          "line-gradient": ["interpolate", ["linear"], ["line-progress"], 0.3, spec.from, 0.7, spec.colour],
          "line-width": ["max", 1.5, ["get", "width"]],
          "line-opacity": 0.85,
        },
      },
    ],
  }),
  picture: (spec) => ({
    source: { type: "raster", tileSize: 256, tiles: [address(spec.tiles).replace(/%7B/gi, "{").replace(/%7D/gi, "}")] },
    layers: [{ id: "raster", type: "raster", paint: { "raster-opacity": spec.opacity } }],
  }),
  names: (spec) => ({
    data: spec.places,
    layers: [
      {
        id: "name",
        type: "symbol",
        layout: {
          "text-field": ["case", ["has", "image"], "", ["get", "name"]],
          "text-font": [FONT],
          "text-size": ["get", "size"],
          "icon-image": ["get", "image"],
          "icon-size": 0.5,
          "symbol-sort-key": ["-", 0, ["get", "size"]],
          "text-padding": 4,
        },
        paint: { "text-color": spec.colour, "text-halo-color": spec.halo, "text-halo-width": 1.6 },
      },
    ],
  }),
};

// Scripts from right to left, whose letters only the browser's text joins.
const JOINED = /[\u0590-\u08ff\ufb1d-\ufefc]/;

/** Names that the library would write letter by letter, drawn as pictures at twice their size. */
function pictured(map, data, spec) {
  for (const { properties } of data.features) {
    if (!JOINED.test(properties.name)) continue;
    const image = `${spec.colour} ${properties.size} ${properties.name}`;
    if (!map.hasImage(image))
      map.addImage(image, written(properties.name, 2 * properties.size, spec), { pixelRatio: 1 });
    properties.image = image;
  }
  return data;
}

function written(text, size, { colour, halo }) {
  const canvas = document.createElement("canvas");
  const font = `500 ${size}px "${FONT}", sans-serif`;
  const pen = canvas.getContext("2d");
  pen.font = font;
  canvas.width = Math.ceil(pen.measureText(text).width) + 12;
  canvas.height = Math.ceil(1.6 * size); // forgets the font
  Object.assign(pen, {
    font,
    direction: "rtl",
    textAlign: "center",
    textBaseline: "middle",
    lineJoin: "round",
    lineWidth: 6,
  });
  pen.strokeStyle = halo;
  pen.fillStyle = colour;
  pen.strokeText(text, canvas.width / 2, canvas.height / 2);
  pen.fillText(text, canvas.width / 2, canvas.height / 2);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function remove(map, shown, id) {
  for (const layer of shown.get(id)?.ids || []) map.removeLayer(layer);
  if (shown.delete(id)) map.removeSource(id);
}

/** Draw layers from the ground up; those that were drawn before and are not asked for any more go. */
export async function draw(map, specs, shown) {
  const wanted = new Set(specs.map((spec) => spec.id));
  for (const id of [...shown.keys()]) {
    if (!wanted.has(id)) remove(map, shown, id);
  }
  for (const spec of specs) {
    const words = JSON.stringify(spec);
    const before = shown.get(spec.id);
    if (before?.words === words) continue;
    const described = KINDS[spec.kind](spec);
    let data = typeof described.data === "string" ? await shapes(described.data) : described.data;
    if (spec.kind === "names") data = pictured(map, structuredClone(data), spec);
    if (described.source) {
      remove(map, shown, spec.id);
      map.addSource(spec.id, described.source);
    } else if (before && before.kind === spec.kind) {
      if (before.data !== data) map.getSource(spec.id).setData(data);
    } else {
      const { promote: promoteId, lineMetrics = false } = described;
      map.addSource(spec.id, { type: "geojson", data, lineMetrics, ...(promoteId ? { promoteId } : {}) });
    }
    const place = spec.kind === "names" ? undefined : below(map);
    for (const layer of described.layers) {
      const id = `${spec.id}-${layer.id}`;
      if (map.getLayer(id)) {
        for (const [name, value] of Object.entries(layer.paint)) map.setPaintProperty(id, name, value);
        if (layer.filter) map.setFilter(id, layer.filter);
      } else {
        map.addLayer({ ...layer, id, source: spec.id }, place);
      }
    }
    const ids = described.layers.map((layer) => `${spec.id}-${layer.id}`);
    shown.set(spec.id, { kind: spec.kind, words, data, ids });
    if (spec.kind === "areas") paint(map, spec.id, spec.rows.id, spec.rows.number);
  }
}

/** Give each area the number of its class; those without a figure are hatched. */
export function paint(map, source, ids, numbers) {
  ids.forEach((id, place) => map.setFeatureState({ source, id }, { number: numbers[place] }));
  const within = (known) => ["in", ["get", "id"], ["literal", ids.filter((_, place) => numbers[place] >= 0 === known)]];
  map.setFilter(`${source}-fill`, within(true));
  map.setFilter(`${source}-missing`, within(false));
}

const fetched = new Map();

/** Names of places come as a plain list. */
function placed(answer) {
  if (!Array.isArray(answer)) return answer;
  return collection(answer.map(({ lon, lat, ...rest }) => feature(point(lon, lat), rest)));
}

/** Shapes by their address, asked for once; addresses carry a version, so browsers keep them. */
function shapes(path) {
  if (!fetched.has(path)) {
    const answer = fetch(address(path)).then((response) => (response.ok ? response.json() : EMPTY));
    fetched.set(
      path,
      answer.then(placed).catch(() => EMPTY),
    );
  }
  return fetched.get(path);
}
