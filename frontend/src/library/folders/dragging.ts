/** Dragging cards and folders onto folders, over the browser's own drag and drop. */

import { type DragEvent, useState } from 'react'
import type { Folder, WorkflowSummary } from '../../api/schema'
import { workflowWords } from '../format'
import { useLibrary } from '../LibraryContext'
import { within } from './folders'
import { useMoves } from './useMoves'

type Dragged = { rows: readonly WorkflowSummary[] } | { folder: Folder }

/** What is being dragged on this page; a browser does not reveal it before the drop. */
let dragged: Dragged | null = null

const TYPE = 'application/x-patchbay'

/** What makes an element one that is dragged. */
export function dragSource(what: () => Dragged) {
  return {
    draggable: true,
    onDragStart(event: DragEvent<HTMLElement>) {
      dragged = what()
      const name = 'folder' in dragged ? dragged.folder.name : workflowWords(dragged.rows)
      event.dataTransfer.setData(TYPE, name)
      event.dataTransfer.effectAllowed = 'move'
      event.dataTransfer.setDragImage(label(name), 12, 12)
      event.stopPropagation()
    },
    onDragEnd() {
      dragged = null
    },
  }
}

/** What makes an element a place to drop on: a folder, or the root with null. */
export function useDropTarget(to: string | null) {
  const { folders } = useLibrary()
  const { move, moveFolder } = useMoves()
  const [over, setOver] = useState(false)
  const takes = () => {
    if (!dragged) return false
    if ('rows' in dragged) return dragged.rows.some(row => row.folderId !== to)
    return dragged.folder.parentId !== to && !within(folders, to, dragged.folder.id)
  }
  return {
    'data-over': over || undefined,
    onDragOver(event: DragEvent) {
      if (!takes()) return
      event.preventDefault()
      event.stopPropagation()
      event.dataTransfer.dropEffect = 'move'
      setOver(true)
    },
    onDragLeave() {
      setOver(false)
    },
    onDrop(event: DragEvent) {
      setOver(false)
      if (!dragged || !takes()) return
      event.preventDefault()
      event.stopPropagation()
      if ('rows' in dragged) move(dragged.rows, to)
      else moveFolder(dragged.folder, to)
      dragged = null
    },
  }
}

/** A small sign that follows the pointer instead of an image of the whole card. */
function label(name: string): HTMLElement {
  const sign = document.createElement('div')
  sign.textContent = name
  sign.className = 'drag-sign'
  document.body.append(sign)
  // The browser has painted it when this handler is over.
  setTimeout(() => sign.remove())
  return sign
}
