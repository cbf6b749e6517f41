export const inputs = {
  cli: {
    'public-key': 'a file such as id_ed25519.pub (- for standard input); asked for otherwise',
    destination: 'a folder; it is made where it is missing',
    file: 'a file (- for standard input)',
  },
};
