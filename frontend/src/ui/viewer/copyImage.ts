/** Putting an image on the clipboard: as PNG, which is what every browser takes. */

/** Copy and return whether it worked. */
export async function copyImage(url: string): Promise<boolean> {
  try {
    // The item is given at once, its content later: Safari forgets the press while it is fetched.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': asPng(url) })])
    return true
  } catch {
    return false
  }
}

async function asPng(url: string): Promise<Blob> {
  const blob = await (await fetch(url)).blob()
  if (blob.type === 'image/png') return blob
  const bitmap = await createImageBitmap(blob)
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
  bitmap.close()
  return canvas.convertToBlob({ type: 'image/png' })
}
