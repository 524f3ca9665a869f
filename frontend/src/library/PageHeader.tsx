/** The top of the library: where one is, the search, a new folder, import and New. */
import { useMutation } from '@tanstack/react-query'
import { FolderPlus, Plus, Search, Upload } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '../ui/Button'
import { toast } from '../ui/toasts'
import { Breadcrumb } from './Breadcrumb'
import { path } from './folders'
import { useDesk } from './LibraryContext'
import css from './PageHeader.module.css'
import { editorAddress, workflowCreate } from './queries'
import type { Importing } from './useImport'
import { refusal } from './words'

export function PageHeader({ importing }: { importing: Importing }) {
  const { view, show, folders, ask } = useDesk()
  const { search } = view
  const onSearch = (typed: string) => show({ search: typed }, true)
  const field = useRef<HTMLInputElement>(null)
  const file = useRef<HTMLInputElement>(null)
  const create = useMutation({
    mutationFn: () => workflowCreate({ name: 'Untitled workflow', folderId: view.folder }),
    onSuccess: ({ slug }) => location.assign(editorAddress(slug)),
    onError: error => toast(refusal(error), { tone: 'bad' }),
  })

  useEffect(() => {
    const slash = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof Element && event.target.closest('input, textarea, select')) return
      event.preventDefault()
      field.current?.focus()
      field.current?.select()
    }
    window.addEventListener('keydown', slash)
    return () => window.removeEventListener('keydown', slash)
  }, [])

  const making = create.isPending || create.isSuccess
  return (
    <header className={css.header}>
      <Breadcrumb way={path(folders, view.folder)} />
      <label className={css.search}>
        <Search aria-hidden size={16} />
        <input
          ref={field}
          type="search"
          value={search}
          placeholder="Search workflows and templates"
          aria-label="Search workflows and templates"
          onChange={event => onSearch(event.target.value)}
          onKeyDown={event => {
            if (event.key !== 'Escape') return
            if (search) onSearch('')
            else event.currentTarget.blur()
          }}
        />
        <kbd aria-hidden>/</kbd>
      </label>
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        multiple
        hidden
        onChange={event => {
          importing.take([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <Button
        className={css.button}
        label="New folder here"
        icon={<FolderPlus aria-hidden size={16} />}
        onClick={() => ask({ kind: 'newFolder', parentId: view.folder })}
      />
      <Button
        className={css.button}
        label="Import workflow files"
        icon={<Upload aria-hidden size={16} />}
        disabled={importing.busy}
        onClick={() => file.current?.click()}
      />
      <Button
        tone="primary"
        className={css.button}
        icon={<Plus aria-hidden size={17} strokeWidth={2.2} />}
        disabled={making}
        onClick={() => create.mutate()}
      >
        New
      </Button>
    </header>
  )
}
