/** Put the selected nodes with the edges between them on the clipboard. */
import { Copy } from 'lucide-react'
import { fragment } from '../../edits/fragment'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, selection } from '../action'

/** Fill a copy event; false when nothing is selected and the browser should do its own. */
export function fillClipboard(session: Session, data: DataTransfer | null): boolean {
  const ids = selection(session)
  if (!ids.length || !data) return false
  data.setData('text/plain', JSON.stringify(fragment(session, ids)))
  return true
}

export const copy: Action = {
  id: 'copy',
  label: texts.copy,
  shortcut: '$mod+c',
  icon: Copy,
  menus: ['node'],
  when: session => selection(session).length > 0,
  // The keyboard raises the browser's copy event by itself; the menu has to raise it.
  run: () => void document.execCommand('copy'),
}
