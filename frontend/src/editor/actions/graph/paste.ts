/** Insert what is on the clipboard: nodes, a workflow, text as a text node, or an image. */
import { ClipboardPaste } from 'lucide-react'
import { pasted } from '../../../importing/files'
import { toast } from '../../../lib/toasts'
import { pointer } from '../../canvas/pointer'
import { addNode } from '../../edits/commands'
import { takeFiles } from '../../edits/drop'
import { insert, readFragment } from '../../edits/fragment'
import { takeWorkflow } from '../../edits/importing'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, canEdit } from '../action'

/** Take what a paste event carries; false when it holds nothing for the canvas. */
export function takeClipboard(session: Session, data: DataTransfer | null): boolean {
  if (!data || !canEdit(session)) return false
  const at = pointer.canvasPoint(session)
  if (data.files.length) {
    void takeFiles(session, [...data.files], at)
    return true
  }
  return takeText(session, data.getData('text/plain'), at)
}

function takeText(session: Session, text: string, at: { x: number; y: number }): boolean {
  if (!text.trim()) return false
  const found = readFragment(text)
  const file = found ? null : pasted(text)
  const asText = () => addNode(session, 'textBox', at, { data: { text }, clear: true })
  if (found) insert(session, found, { at }, texts.paste)
  else if (file) {
    void takeWorkflow(session, file, at, { quiet: true }).then(taken => taken || asText())
  } else asText()
  return true
}

export const paste: Action = {
  id: 'paste',
  label: texts.paste,
  shortcut: '$mod+v',
  icon: ClipboardPaste,
  menus: ['canvas'],
  when: canEdit,
  run(session) {
    const at = pointer.canvasPoint(session)
    const reading = navigator.clipboard?.readText?.() ?? Promise.reject(new Error('unavailable'))
    reading.then(
      text => takeText(session, text, at),
      () => toast(texts.thisBrowserLetsPagesPaste),
    )
  },
}
