/** Rows that belong together through others: a union-find over row numbers. */
export class Components {
  readonly #parent: Int32Array

  constructor(rows: number) {
    this.#parent = Int32Array.from({ length: rows }, (_, row) => row)
  }

  join(a: number, b: number): void {
    const [first, second] = [this.#root(a), this.#root(b)]
    this.#parent[Math.max(first, second)] = Math.min(first, second)
  }

  /** Numbers the components of two rows and more; -1 for rows that stand alone. */
  numbered(): { of: Int32Array; sizes: Uint32Array } {
    const of = new Int32Array(this.#parent.length).fill(-1)
    const rowsOf = new Uint32Array(this.#parent.length)
    for (let row = 0; row < of.length; row += 1) rowsOf[this.#root(row)]! += 1
    const sizes: number[] = []
    for (let row = 0; row < of.length; row += 1) {
      const root = this.#root(row)
      if (rowsOf[root]! < 2) continue
      if (root === row) of[row] = sizes.push(rowsOf[root]!) - 1
      else of[row] = of[root]!
    }
    return { of, sizes: Uint32Array.from(sizes) }
  }

  #root(row: number): number {
    let root = row
    while (this.#parent[root] !== root) root = this.#parent[root]!
    for (let at = row; at !== root;) {
      const next = this.#parent[at]!
      this.#parent[at] = root
      at = next
    }
    return root
  }
}
