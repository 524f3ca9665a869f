/** A list of nodes or edges under change: copied on first write, found by id, refusals in words. */

/** An operation that does not fit the document; names which one, the field and the value. */
export class BadOperation extends Error {
  constructor(
    readonly index: number,
    readonly field: string,
    readonly value: unknown,
    readonly expected: string,
  ) {
    super(`operation ${index}: ${field} is ${JSON.stringify(value)}; expected ${expected}`)
  }
}

export interface Keyed {
  id: string
  [key: string]: unknown
}

/** One of the two lists under change: copied on first write, with an index by id. */
export class Draft<T extends Keyed> {
  private copied = false
  private at: Map<string, number> | null = null
  constructor(
    public items: T[],
    private readonly kind: 'node' | 'edge',
  ) {}

  /** The item of an id and its place. */
  find(id: string, op: number): [T, number] {
    const place = this.position(id)
    const item = place === undefined ? undefined : this.items[place]
    if (!item || place === undefined) {
      throw new BadOperation(op, 'id', id, `the id of a ${this.kind}`)
    }
    return [item, place]
  }

  position(id: string): number | undefined {
    if (!this.at) this.at = new Map(this.items.map((item, i) => [item.id, i]))
    return this.at.get(id)
  }

  add(item: T, index: number | undefined, op: number): void {
    if (typeof item?.id !== 'string' || !item.id) {
      throw new BadOperation(op, `${this.kind}.id`, item?.id, 'a non-empty text')
    }
    if (this.position(item.id) !== undefined) {
      throw new BadOperation(op, `${this.kind}.id`, item.id, `an id no other ${this.kind} has`)
    }
    const last = this.items.length
    const place = index ?? last
    if (!Number.isInteger(place) || place < 0 || place > last) {
      throw new BadOperation(op, 'index', index, `a whole number from 0 to ${last}`)
    }
    const items = this.own()
    items.splice(place, 0, item)
    if (place === last) this.at?.set(item.id, last)
    else this.at = null
  }

  remove(id: string, op: number): void {
    const [, place] = this.find(id, op)
    const items = this.own()
    items.splice(place, 1)
    if (place === items.length) this.at?.delete(id)
    else this.at = null
  }

  replace(place: number, item: T): void {
    this.own()[place] = item
  }

  order(ids: string[], op: number): void {
    const distinct = new Set(ids)
    const same = ids.length === this.items.length && distinct.size === ids.length
    if (!same || ids.some(id => this.position(id) === undefined)) {
      throw new BadOperation(op, 'ids', ids, `every ${this.kind} id exactly once`)
    }
    this.items = ids.map(id => this.find(id, op)[0])
    this.copied = true
    this.at = null
  }

  private own(): T[] {
    if (!this.copied) {
      this.items = this.items.slice()
      this.copied = true
    }
    return this.items
  }
}
