/** The top of the library: where one is, the search, a new folder, import and New. */
import { useMutation } from '@tanstack/react-query'
import { FolderPlus, Plus, Upload } from 'lucide-react'
import { useRef } from 'react'
import { ACCEPT } from '../importing/files'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { SearchField } from '../ui/controls/SearchField'
import { editorUrl, workflowCreate } from '../ui/workflows/queries'
import { Breadcrumb } from './folders/Breadcrumb'
import { path } from './folders/folders'
import { useLibrary } from './LibraryContext'
import css from './PageHeader.module.css'
import { texts } from './texts'
import type { Importing } from './useImport'

export function PageHeader({ importing }: { importing: Importing }) {
  const { view, show, folders, openDialog } = useLibrary()
  const file = useRef<HTMLInputElement>(null)
  const create = useMutation({
    mutationFn: () => workflowCreate({ name: texts.untitledWorkflow, folderId: view.folder }),
    onSuccess: ({ slug }) => location.assign(editorUrl(slug)),
    onError: error => toast(errorMessage(error), { tone: 'bad' }),
  })

  const making = create.isPending || create.isSuccess
  return (
    <header className={css.header}>
      <Breadcrumb way={path(folders, view.folder)} />
      <SearchField
        value={view.search}
        label={texts.searchWorkflowsAndTemplates}
        onChange={search => show({ search }, true)}
      />
      <input
        ref={file}
        type="file"
        accept={ACCEPT}
        multiple
        hidden
        onChange={event => {
          importing.take([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <Button
        className={css.button}
        label={texts.newFolderHere}
        icon={<FolderPlus aria-hidden size={16} />}
        onClick={() => openDialog({ kind: 'newFolder', parentId: view.folder })}
      />
      <Button
        className={css.button}
        label={texts.importWorkflowFiles}
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
        {texts.new}
      </Button>
    </header>
  )
}
