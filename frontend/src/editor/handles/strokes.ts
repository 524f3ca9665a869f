/** A mask as it is painted: strokes on a canvas, each to be taken back. What is opaque is painted. */
import type { Size } from './geometry'

export interface Point {
  x: number
  y: number
}

/** How it is seen while it is painted; what is kept is white. */
const PAINT = '#ff4d6d'
/** Steps that can be taken back. */
const MOST_UNDO = 30

export class Painting {
  readonly canvas = document.createElement('canvas')
  private readonly context: CanvasRenderingContext2D
  private before: ImageData[] = []
  /** Whether something has been painted since it was opened. */
  changed = false

  constructor({ width, height }: Size) {
    this.canvas.width = width
    this.canvas.height = height
    const context = this.canvas.getContext('2d', { willReadFrequently: true })
    if (!context) throw new Error('no canvas')
    this.context = context
  }

  get canUndo(): boolean {
    return this.before.length > 0
  }

  /** Begin with a mask that there is: its brightness is what has been painted. */
  load(image: CanvasImageSource): void {
    const { width, height } = this.canvas
    this.context.drawImage(image, 0, 0, width, height)
    const pixels = this.context.getImageData(0, 0, width, height)
    const { data } = pixels
    for (let at = 0; at < data.length; at += 4) {
      const light = (data[at] as number) * 0.299 + (data[at + 1] as number) * 0.587
      const value = light + (data[at + 2] as number) * 0.114
      data[at + 3] = Math.round((value * (data[at + 3] as number)) / 255)
    }
    this.context.putImageData(pixels, 0, 0)
    this.color()
  }

  /** Remember how it is, before a stroke or another change. */
  begin(): void {
    const { width, height } = this.canvas
    this.before.push(this.context.getImageData(0, 0, width, height))
    if (this.before.length > MOST_UNDO) this.before.shift()
    this.changed = true
  }

  /** Paint, or erase, a line of round ends. */
  line(from: Point, to: Point, width: number, erase: boolean): void {
    const { context } = this
    context.globalCompositeOperation = erase ? 'destination-out' : 'source-over'
    context.strokeStyle = PAINT
    context.lineWidth = width
    context.lineCap = 'round'
    context.beginPath()
    context.moveTo(from.x, from.y)
    context.lineTo(to.x, to.y + 0.001)
    context.stroke()
    context.globalCompositeOperation = 'source-over'
  }

  invert(): void {
    this.begin()
    const { width, height } = this.canvas
    const pixels = this.context.getImageData(0, 0, width, height)
    const { data } = pixels
    for (let at = 0; at < data.length; at += 4) {
      data[at + 3] = 255 - (data[at + 3] as number)
    }
    this.context.putImageData(pixels, 0, 0)
    this.color()
  }

  /** Give everything that is painted the color of the brush. */
  private color(paint = PAINT): void {
    this.context.globalCompositeOperation = 'source-in'
    this.context.fillStyle = paint
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height)
    this.context.globalCompositeOperation = 'source-over'
  }

  clear(): void {
    this.begin()
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height)
  }

  undo(): void {
    const last = this.before.pop()
    if (last) this.context.putImageData(last, 0, 0)
  }

  /** Whether nothing is painted. */
  get empty(): boolean {
    const { width, height } = this.canvas
    const { data } = this.context.getImageData(0, 0, width, height)
    for (let at = 3; at < data.length; at += 4) if (data[at]) return false
    return true
  }

  /** The mask as a PNG: white where it is painted, black elsewhere. */
  async file(name: string): Promise<File> {
    const flat = document.createElement('canvas')
    flat.width = this.canvas.width
    flat.height = this.canvas.height
    const context = flat.getContext('2d')
    if (!context) throw new Error('no canvas')
    context.fillRect(0, 0, flat.width, flat.height)
    this.color('#fff')
    context.drawImage(this.canvas, 0, 0)
    this.color()
    const blob = await new Promise<Blob | null>(done => flat.toBlob(done, 'image/png'))
    if (!blob) throw new Error('no image')
    return new File([blob], name, { type: 'image/png' })
  }
}
