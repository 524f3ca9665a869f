/** The rows of a card, one below the other, and the ports beside them, as they are laid out. */

import type { Input, Output, RequestField } from '../../api/schema'
import type { Entry } from '../apps/entries'

/** Heights on a card, and the width of a port, px. */
export const HEADER = 36
export const ROW = 30
export const PORT = 12
export const LABEL = 22
const END = 10

export interface PortSpec {
  id: string
  name: string
  side: 'in' | 'out'
  type: string
  label: string
  /** Center of the port below the top of the card, px. */
  y: number
  many: boolean
  required: boolean
  /** The port of a field that can be typed in: drawn small until it is needed. */
  quiet: boolean
  /** An edge names a port that the node does not have. */
  lost: boolean
}

export type Row = { top: number; height: number } & (
  | { kind: 'preview' }
  | { kind: 'graph' }
  | { kind: 'ports'; input?: Input; output?: Output }
  | { kind: 'field'; input: Input }
  | { kind: 'block'; input: Input; label: boolean }
  | { kind: 'request'; field: RequestField; block: boolean }
  | { kind: 'app'; input: Input }
  | { kind: 'model'; input: Input }
  | { kind: 'entry'; entry: Entry; block: boolean }
  | { kind: 'newEntry'; words: string }
  | { kind: 'add' }
  | { kind: 'more'; count: number }
  | { kind: 'unknown' }
  | { kind: 'lost'; side: 'in' | 'out'; handle: string }
)

export interface Layout {
  width: number
  height: number
  rows: Row[]
  ports: PortSpec[]
}

/** The middle of a row, px below the top of the card. */
export const middle = (row: { top: number; height: number }) => row.top + row.height / 2

/** Puts rows below each other and remembers the ports beside them. */
export class RowBuilder {
  private y = HEADER
  readonly rows: Row[] = []
  readonly ports: PortSpec[] = []
  constructor(private readonly width: number) {}

  // biome-ignore lint/suspicious/noExplicitAny: the union's members differ only in what they carry
  row(row: any, height: number): Row {
    const placed = { ...row, top: this.y, height } as Row
    this.rows.push(placed)
    this.y += height
    return placed
  }

  input(port: Input, y: number, quiet = false): void {
    this.port('in', port, y, { many: port.many, required: port.required, quiet })
  }

  output(port: Output, y: number): void {
    this.port('out', port, y, { many: false, required: false, quiet: false })
  }

  private port(
    side: PortSpec['side'],
    { name, type, label }: Input | Output,
    y: number,
    rest: Pick<PortSpec, 'many' | 'required' | 'quiet'>,
  ): void {
    this.ports.push({
      id: `${name}-${side}`,
      name,
      side,
      type,
      label: label || name,
      y,
      ...rest,
      lost: false,
    })
  }

  lost(handle: string, side: 'in' | 'out', y: number): void {
    this.ports.push({
      id: handle,
      name: handle,
      side,
      type: 'any',
      label: handle,
      y,
      many: true,
      required: false,
      quiet: false,
      lost: true,
    })
  }

  finish(): Layout {
    return { width: this.width, height: this.y + END, rows: this.rows, ports: this.ports }
  }
}
