
# In front of the prompt.
function global:__RolecallSegment {
  $text = (& $global:__RolecallProgram prompt --shell powershell 2>$null) -join ''
  if ($text) { Write-Host -NoNewline "$text " }
}
