/** What is dropped beside the canvas lands on it all the same; says so while files hover. */
import { useCallback } from 'react'
import { DropVeil } from '../../importing/DropVeil'
import { takeFiles } from '../edits/drop'
import { useSession } from '../session'
import { texts } from '../texts'
import { pointer } from './pointer'

export function DropArea() {
  const session = useSession()
  const take = useCallback(
    (files: File[]) => void takeFiles(session, files, pointer.canvasPoint(session)),
    [session],
  )
  const { canEdit } = session.store
  return (
    <DropVeil clear take={take}>
      {canEdit ? texts.dropImagesOrAWorkflowFile : texts.dropAWorkflowFileToOpen}
    </DropVeil>
  )
}
