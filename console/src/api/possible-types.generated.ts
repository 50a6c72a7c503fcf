export const possibleTypes = {"Node":["App","Component","Installation","Rehearsal","ReleaseRecord","Template","TemplateVersion","UpgradeRecord"],"ComponentSpec":["Component","TemplateComponent"]};
