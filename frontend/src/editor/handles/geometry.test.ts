import { describe, expect, it } from 'vitest'
import { BOX_KINDS, dragged, snapped, WHOLE } from './geometry'

const image = { width: 200, height: 100 }
const none = { width: 1, height: 1 }

describe('the box of a crop', () => {
  const { read, write } = BOX_KINDS.cropImage
  it('is the largest of a ratio where its anchor says', () => {
    const box = read({ mode: 'ratio', ratio: '1:1', anchor: 'right' }, image, none)
    expect(box).toEqual({ x: 100, y: 0, width: 100, height: 100 })
  })
  it('is an area once it has been moved, and reads back as it was written', () => {
    const values = write({ x: 10.4, y: 20, width: 30, height: 40 }, image, none, {})
    expect(values).toEqual({ mode: 'area', left: 10, top: 20, width: 30, height: 40 })
    expect(read(values, image, none)).toEqual({ x: 10, y: 20, width: 30, height: 40 })
  })
  it('is within an image that is smaller than the fields say', () => {
    const values = { mode: 'area', left: 190, top: 90, width: 50, height: 50 }
    expect(read(values, image, none)).toEqual({ x: 150, y: 50, width: 50, height: 50 })
  })
})

describe('boxes in percent and beside an anchor', () => {
  it('a text box keeps at least one percent', () => {
    const written = BOX_KINDS.drawText.write(
      { x: 20, y: 10, width: 0.4, height: 50 },
      image,
      none,
      {},
    )
    expect(written).toEqual({ boxX: 10, boxY: 10, boxWidth: 1, boxHeight: 50 })
  })
  it('a layer is moved by its offset from where its anchor puts it', () => {
    const { read, write } = BOX_KINDS.blendImages
    const values = { scale: 'fit', anchor: 'bottom-right', offsetX: -5 }
    const layer = { width: 50, height: 50 }
    const box = read(values, image, layer)
    expect(box).toEqual({ x: 95, y: 0, width: 100, height: 100 })
    expect(write({ ...box, x: 90, y: 7 }, image, layer, values)).toEqual({
      offsetX: -10,
      offsetY: 7,
    })
  })
  it('a layer on a video is placed in the room that is left', () => {
    const { read, write } = BOX_KINDS.overlayVideo
    const box = read({ scale: 50, x: 100, y: 0 }, image, { width: 10, height: 5 })
    expect(box).toEqual({ x: 100, y: 0, width: 100, height: 50 })
    expect(write({ ...box, x: 50 }, image, none, {})).toEqual({ scale: 50, x: 50, y: 0 })
  })
})

describe('a drag', () => {
  const box = { x: 50, y: 25, width: 50, height: 50 }
  it('moves the whole inside the image', () => {
    expect(dragged(box, image, { grip: WHOLE, dx: 500, dy: -500 })).toEqual({
      ...box,
      x: 150,
      y: 0,
    })
  })
  it('moves one side and never past the other', () => {
    const far = dragged(box, image, { grip: { x: -1, y: 0 }, dx: 500, dy: 9 })
    expect(far).toEqual({ x: 99, y: 25, width: 1, height: 50 })
  })
  it('keeps a ratio within the image, held at the other corner', () => {
    const made = dragged(box, image, { grip: { x: 1, y: 1 }, dx: 500, dy: 500, ratio: 1 })
    expect(made).toEqual({ x: 50, y: 25, width: 75, height: 75 })
  })
  it('snaps to edges and the center, and says to which line', () => {
    expect(snapped({ ...box, x: 73 }, image, WHOLE, 6)).toEqual({
      dx: 2,
      dy: 0,
      guides: [
        { axis: 'x', at: 100 },
        { axis: 'y', at: 50 },
      ],
    })
    expect(snapped({ ...box, x: 80, y: 10 }, image, WHOLE, 1)).toEqual({ dx: 0, dy: 0, guides: [] })
  })
})
