// An application that calls nobody.
console.log('done');
if (process.argv[2] === 'by process.exit()') process.exit();
