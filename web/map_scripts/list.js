// The areas of a map as a table beside it: the map for those who do not see it, and the quick way to the worst and
// the best.

export class List {
  constructor(place, words, on) {
    this.place = place;
    this.words = words;
    this.on = on;
    this.sorted = { by: "rank", up: true };
  }

  update(list, selected) {
    this.selected = selected;
    this.place.hidden = !list;
    if (!list) return;
    const words = JSON.stringify(list);
    if (words !== this.drawn) {
      this.list = list;
      this.drawn = words;
      this.render();
    }
    for (const [id, row] of this.rows) row.setAttribute("aria-selected", String(id === selected));
  }

  render() {
    const { list } = this;
    const told = (column) => list.rows.some((row) => row[column]);
    const columns = ["rank", "name", "shown", "range"].filter((column) => column === "name" || told(column));
    const ranked = columns.includes("rank");
    if (!columns.includes(this.sorted.by) || ranked !== this.ranked)
      this.sorted = { by: ranked ? "rank" : "shown", up: ranked };
    this.ranked = ranked;
    const table = document.createElement("table");
    const caption = table.createCaption();
    caption.textContent = list.title;
    const head = table.createTHead().insertRow();
    for (const column of columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = this.words[column];
      button.addEventListener("click", () => this.sort(column));
      cell.append(button);
      cell.dataset.column = column;
      head.append(cell);
    }
    this.body = table.createTBody();
    this.rows = new Map();
    for (const row of list.rows) this.rows.set(row.id, this.row(row, columns));
    this.body.addEventListener("keydown", (event) => this.step(event));
    this.body.addEventListener("mouseleave", () => this.on.over(""));
    const note = document.createElement("p");
    note.textContent = list.note || "";
    this.place.replaceChildren(table, ...(list.note ? [note] : []));
    this.order();
  }

  row(row, columns) {
    const line = document.createElement("tr");
    for (const column of columns) {
      const cell = line.insertCell();
      if (column === "name") {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = row.name;
        button.tabIndex = -1;
        button.addEventListener("click", () => this.on.choose(row.id));
        button.addEventListener("focus", () => this.on.over(row.id));
        cell.append(button);
      } else {
        cell.textContent = row[column] ?? "";
        cell.className = column;
      }
    }
    if (row.small) line.classList.add("small");
    line.addEventListener("mouseenter", () => this.on.over(row.id));
    return line;
  }

  sort(column) {
    this.sorted = { by: column, up: this.sorted.by === column ? !this.sorted.up : true };
    this.order();
  }

  order() {
    const { by, up } = this.sorted;
    const key = { rank: "place", name: "name", shown: "value", range: "value" }[by];
    const rows = [...this.list.rows].sort((a, b) => {
      if (a[key] === null || b[key] === null) return (a[key] === null) - (b[key] === null); // gaps stay last
      const before = typeof a[key] === "string" ? a[key].localeCompare(b[key]) : a[key] - b[key];
      return up ? before : -before;
    });
    this.body.append(...rows.map((row) => this.rows.get(row.id)));
    for (const cell of this.place.querySelectorAll("th")) {
      cell.setAttribute("aria-sort", cell.dataset.column === by ? (up ? "ascending" : "descending") : "none");
    }
    const buttons = this.body.querySelectorAll("button");
    buttons.forEach((button, place) => (button.tabIndex = place ? -1 : 0));
  }

  /** One stop for the tabulator; arrows go from row to row. */
  step(event) {
    const buttons = [...this.body.querySelectorAll("button")];
    const at = buttons.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined || !buttons[to]) return;
    event.preventDefault();
    buttons[at].tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
  }

  mark(id) {
    if (!this.rows) return;
    for (const row of this.body.querySelectorAll(".over")) row.classList.remove("over");
    this.rows.get(id)?.classList.add("over");
  }
}
