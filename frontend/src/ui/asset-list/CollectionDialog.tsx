/** Creating, renaming and deleting a collection. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { collectionCreate, collectionDelete, collectionRename } from '../../api/assets'
import type { Collection } from '../../api/schema'
import { Dialog } from '../controls/Dialog'
import { Confirm } from '../forms/Confirm'
import { Form } from '../forms/Form'
import { TextRow } from '../forms/TextRow'
import { useSubmit } from '../forms/useSubmit'
import { refresh } from './queries'
import { texts } from './texts'

export type CollectionTask =
  | { kind: 'create' }
  | { kind: 'rename'; collection: Collection }
  | { kind: 'delete'; collection: Collection }

interface Props {
  task: CollectionTask
  /** With the collection, unless it was deleted. */
  onDone: (collection: Collection | null) => void
  onClose: () => void
}

export function CollectionDialog({ task, onDone, onClose }: Props) {
  const client = useQueryClient()
  if (task.kind === 'delete') {
    return (
      <Confirm
        title={texts.deleteCollection(task.collection.name)}
        about={texts.deleteCollectionAbout}
        verb={texts.delete}
        onDo={async () => {
          await collectionDelete(task.collection.id)
          await refresh(client)
          onDone(null)
        }}
        onClose={onClose}
      />
    )
  }
  return <Naming task={task} onDone={onDone} onClose={onClose} />
}

interface NamingProps extends Omit<Props, 'task'> {
  task: Exclude<CollectionTask, { kind: 'delete' }>
}

function Naming({ task, onDone, onClose }: NamingProps) {
  const client = useQueryClient()
  const renames = task.kind === 'rename'
  const [name, setName] = useState(renames ? task.collection.name : '')
  const sending = useSubmit(['name'])
  const send = async () => {
    const made = renames
      ? await collectionRename(task.collection.id, name)
      : await collectionCreate(name)
    await refresh(client)
    onDone(made)
    onClose()
  }
  return (
    <Dialog title={renames ? texts.renameCollection : texts.createCollection} onClose={onClose}>
      <Form
        sending={sending}
        verb={renames ? texts.save : texts.create}
        onSubmit={() => void sending.submit(send, name.trim() ? {} : { name: texts.nameNeeded })}
        onCancel={onClose}
      >
        <TextRow
          label={texts.name}
          value={name}
          maxLength={200}
          problem={sending.problems.fields.name}
          data-autofocus
          onChange={setName}
        />
      </Form>
    </Dialog>
  )
}
