/** The group label of the one incident that collects a storm: no alert has it unless somebody means it. */
export const stormLabel = 'tocsin_storm';
