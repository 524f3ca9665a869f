/** The dialogs about folders: a name, a new place, and what becomes of what a folder holds. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Folder as FolderIcon, LayoutGrid } from 'lucide-react'
import { type FormEvent, useMemo, useState } from 'react'
import type { Folder } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { rich } from '../../ui/text/rich'
import { folderChange, folderCreate, folderDelete, refresh } from '../../ui/workflows/queries'
import css from '../dialogs/Dialogs.module.css'
import { holding } from '../format'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import { holdings, path, seen, tree, within } from './folders'

const MAX_NAME = 200

/** Asks for the name of a new folder, or another one for a folder. */
export function FolderNameDialog(props: {
  folder?: Folder
  parentId?: string | null
  onClose: () => void
}) {
  const { folder, parentId = null, onClose } = props
  const { folders } = useLibrary()
  const client = useQueryClient()
  const [name, setName] = useState(folder?.name ?? '')
  const save = useMutation({
    mutationFn: () =>
      folder ? folderChange(folder.id, { name: name.trim() }) : folderCreate(name.trim(), parentId),
    onSuccess: async () => {
      await refresh(client)
      onClose()
    },
  })
  const outer = path(folders, parentId).at(-1)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (folder && name.trim() === folder.name) onClose()
    else if (name.trim()) save.mutate()
  }
  return (
    <Dialog title={folder ? texts.renameTheFolder : texts.newFolder} onClose={onClose}>
      <form className={css.form} onSubmit={submit}>
        <label className={css.field}>
          <span>{outer && !folder ? texts.nameOfTheFolderInName(outer.name) : texts.name}</span>
          <input
            data-autofocus
            value={name}
            maxLength={MAX_NAME}
            onChange={event => setName(event.target.value)}
            onFocus={event => event.target.select()}
          />
        </label>
        {save.isError && (
          <p className={css.bad} role="alert">
            {errorMessage(save.error)}
          </p>
        )}
        <div className={css.buttons}>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button tone="primary" type="submit" disabled={!name.trim() || save.isPending}>
            {folder ? texts.rename : texts.create}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Asks where something goes: a radio button for every folder, so that the arrow keys work. */
export function MoveDialog(props: {
  title: string
  from: string | null
  /** A folder that cannot take it, nor anything in it. */
  without?: Folder
  onMove: (to: string | null) => void
  onClose: () => void
}) {
  const { title, from, without, onMove, onClose } = props
  const { folders, openDialog } = useLibrary()
  const [to, setTo] = useState(from)
  const rows = useMemo(() => seen(tree(folders), new Set()), [folders])
  const place = (id: string | null, name: string, depth: number) => (
    <label key={id} className={css.place} style={{ paddingLeft: 10 + depth * 18 }}>
      <input
        type="radio"
        name="place"
        data-autofocus={id === from || undefined}
        checked={to === id}
        onChange={() => setTo(id)}
      />
      {id === null ? <LayoutGrid aria-hidden size={16} /> : <FolderIcon aria-hidden size={16} />}
      <span>{name}</span>
      {id === from && <em>{texts.hereNow}</em>}
    </label>
  )
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className={css.form}
        onSubmit={event => {
          event.preventDefault()
          onClose()
          onMove(to)
        }}
      >
        <fieldset className={css.places} aria-label={texts.foldersTitle}>
          {place(null, texts.workflowsInNoFolder, 0)}
          {rows
            .filter(({ folder }) => !without || !within(folders, folder.id, without.id))
            .map(({ folder, depth }) => place(folder.id, folder.name, depth + 1))}
        </fieldset>
        {!folders.length && (
          <p className={css.hint}>
            {rich(texts.thereIsNoFolderYet, {
              make: words => (
                <button
                  type="button"
                  className={css.link}
                  onClick={() => openDialog({ kind: 'newFolder', parentId: null })}
                >
                  {words}
                </button>
              ),
            })}
          </p>
        )}
        <div className={css.buttons}>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button tone="primary" type="submit" disabled={to === from}>
            {texts.move}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Asks what becomes of what the folder holds. */
export function DeleteFolderDialog({ folder, onClose }: { folder: Folder; onClose: () => void }) {
  const { folders, own, view, show } = useLibrary()
  const client = useQueryClient()
  const [everything, setEverything] = useState(false)
  const holds = holdings(folders, own).get(folder.id) ?? { workflows: 0, folders: 0 }
  const empty = !holds.workflows && !holds.folders
  const outer = path(folders, folder.parentId).at(-1)
  const remove = useMutation({
    mutationFn: () => folderDelete(folder.id, everything),
    onSuccess: async () => {
      // A page on it, or on a folder below it, shows its parent now.
      if (within(folders, view.folder, folder.id)) show({ folder: folder.parentId }, true)
      await refresh(client)
      toast(texts.deletedTheFolderName(folder.name))
      onClose()
    },
  })
  return (
    <Dialog title={texts.deleteName(folder.name)} onClose={onClose}>
      <form
        className={css.form}
        onSubmit={event => {
          event.preventDefault()
          remove.mutate()
        }}
      >
        {empty ? (
          <p>{texts.thisFolderIsEmpty}</p>
        ) : (
          <fieldset className={css.choice}>
            <legend>{texts.itHolds(holding(holds))}</legend>
            <label>
              <input type="radio" checked={!everything} onChange={() => setEverything(false)} />
              <span>
                <b>{texts.keepItsContents}</b>
                <small>{texts.itMovesUpTo(outer?.name ?? texts.workflowsTitle)}</small>
              </span>
            </label>
            <label data-danger>
              <input type="radio" checked={everything} onChange={() => setEverything(true)} />
              <span>
                <b>{texts.deleteEverythingInIt}</b>
                <small>{texts.thisCannotBeUndone}</small>
              </span>
            </label>
          </fieldset>
        )}
        {remove.isError && (
          <p className={css.bad} role="alert">
            {errorMessage(remove.error)}
          </p>
        )}
        <div className={css.buttons}>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button tone="danger" type="submit" disabled={remove.isPending}>
            {everything ? texts.deleteContents(holding(holds)) : texts.deleteTheFolder}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
