/** Putting text on the clipboard, and saying so when the browser does not allow it. */
import { toast } from '../../lib/toasts'

/** Copy and return whether it worked; without https a browser may have no clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    toast('The browser did not allow copying. Select the text and copy it.', { tone: 'bad' })
    return false
  }
}
