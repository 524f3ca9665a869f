/** Opening the results of a node in the viewer; what they are is found out when it opens. */
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { placeMedia, slotOf } from '../edits/drop'
import type { Session } from '../session'

/** Show a node's result, of those that its card shows the one at a place. */
export function openResult(session: Session, id: string, at = 0): void {
  import('./view').then(
    // Handed over, for what a lazy part imports itself would leave the editor's own file.
    ({ showResults }) => showResults(session, id, at, { placeMedia, slotOf }),
    error => toast(errorMessage(error), { tone: 'bad' }),
  )
}
