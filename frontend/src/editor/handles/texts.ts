/** What is said about boxes and masks that are drawn on an image. */
import { amount, defineTexts } from '../../lib/locale'

export const texts = defineTexts({
  kinds: {
    cropImage: 'Crop',
    drawText: 'Text box',
    blendImages: 'Position',
    overlayVideo: 'Position',
  },
  dialog: (node: string, what: string) => (node === what ? what : `${node}: ${what}`),
  move: (what: string, numbers: string) => `${what}: ${numbers}. Arrow keys move it`,
  grips: {
    '-1 -1': 'Top left corner',
    '0 -1': 'Top edge',
    '1 -1': 'Top right corner',
    '-1 0': 'Left edge',
    '1 0': 'Right edge',
    '-1 1': 'Bottom left corner',
    '0 1': 'Bottom edge',
    '1 1': 'Bottom right corner',
  },
  pixels: (x: number, y: number, width: number, height: number) =>
    `${amount(width)} × ${amount(height)} px at ${amount(x)}, ${amount(y)}`,
  percent: (x: number, y: number, width: number, height: number) =>
    `${amount(width)} × ${amount(height)} % at ${amount(x)}, ${amount(y)} %`,
  place: (x: number, y: number) => `at ${amount(x)}, ${amount(y)} px`,
  done: 'Done',
  larger: 'Larger',
  ratio: 'Ratio to keep',
  free: 'Free',
  whole: 'Whole image',
  help: 'Shift keeps the ratio, Alt turns snapping off, arrow keys move 1, with Shift 10',
  noImage: 'There is no image yet. Connect one that has a result, or run the nodes before.',
  connected: (names: string) =>
    `Set by a connection: ${names}. Disconnect it to place this by hand.`,
  loading: 'Loading the image …',
  gone: 'The image could not be loaded.',

  mask: 'Mask',
  paint: 'Paint',
  paintMask: 'Paint a mask',
  editMask: 'Edit the mask',
  removeMask: 'Remove the mask',
  maskCanvas: 'Mask over the image. Arrow keys move the brush, Space paints',
  brush: 'Brush',
  eraser: 'Eraser',
  size: 'Brush size',
  px: (size: number) => `${amount(size)} px`,
  invert: 'Invert',
  clear: 'Clear',
  undo: 'Undo',
  save: 'Save mask',
  saving: 'Saving …',
  maskHelp:
    'What is painted is white in the mask. [ and ] set the size, X changes brush and eraser, I inverts.',
  noMask: 'No mask',
  maskIsGone: 'The mask there was could not be loaded. Saving replaces it.',
  noPixels: 'Paint something first, or close.',
  notSaved: (reason: string) => `The mask is not saved: ${reason}`,
})
