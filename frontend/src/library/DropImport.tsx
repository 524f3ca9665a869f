/** Takes workflow files dropped anywhere on the page, and says so while one hovers over it. */
import { FileJson } from 'lucide-react'
import { useEffect, useState } from 'react'
import css from './DropImport.module.css'
import type { Importing } from './useImport'

export function DropImport({ importing }: { importing: Importing }) {
  const [over, setOver] = useState(false)
  const { take } = importing

  useEffect(() => {
    // Every element under the pointer says enter and leave; only the balance tells.
    let depth = 0
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return
      depth += 1
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (!depth) setOver(false)
    }
    const move = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return
      event.preventDefault()
      depth = 0
      setOver(false)
      take([...(event.dataTransfer?.files ?? [])])
    }
    window.addEventListener('dragenter', enter)
    window.addEventListener('dragleave', leave)
    window.addEventListener('dragover', move)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragenter', enter)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('dragover', move)
      window.removeEventListener('drop', drop)
    }
  }, [take])

  if (!over) return null
  return (
    <div className={css.veil}>
      <p className={css.word}>
        <FileJson aria-hidden />
        Drop a workflow file to import it
      </p>
    </div>
  )
}
