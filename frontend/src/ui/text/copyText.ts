/** Putting text on the clipboard, and saying so when the browser does not allow it. */
import { toast } from '../../lib/toasts'
import { texts } from '../texts'

/** Copy and return whether it worked; without https a browser may have no clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    toast(texts.theBrowserDidNotAllowCopying, { tone: 'bad' })
    return false
  }
}
