/** The types of nodes whose fields describe a box on an image. */
export const PLACED_TYPES = ['cropImage', 'drawText', 'blendImages', 'overlayVideo'] as const
export type PlacedType = (typeof PLACED_TYPES)[number]
