/** A button that copies a text and says for a moment that it did. */
import { Check, Copy, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../controls/Button'
import { texts } from '../texts'
import { copyText } from './copyText'

const SAID_MS = 2000

interface Props {
  text: string
  /** What the button says; an icon alone when absent. */
  children?: string | undefined
  /** What it is called when it shows an icon alone. */
  label?: string | undefined
  icon?: LucideIcon
  className?: string | undefined
  onCopied?: () => void
}

export function CopyButton({
  text,
  children,
  label,
  icon: Icon = Copy,
  className,
  onCopied,
}: Props) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    if (!(await copyText(text))) return
    setCopied(true)
    onCopied?.()
    setTimeout(() => setCopied(false), SAID_MS)
  }
  return (
    <Button
      className={className}
      label={children ? undefined : copied ? texts.copied : (label ?? texts.copy)}
      icon={copied ? <Check aria-hidden size={15} /> : <Icon aria-hidden size={15} />}
      onClick={() => void copy()}
    >
      {children && (copied ? texts.copied : children)}
    </Button>
  )
}
