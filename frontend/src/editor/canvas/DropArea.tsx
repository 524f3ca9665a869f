/** What is dropped beside the canvas lands on it all the same; says so while files hover. */
import { useCallback } from 'react'
import { DropVeil } from '../../importing/DropVeil'
import { takeFiles } from '../edits/drop'
import { useSession } from '../session'
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
      {canEdit ? 'Drop images, or a workflow file' : 'Drop a workflow file to open it'}
    </DropVeil>
  )
}
