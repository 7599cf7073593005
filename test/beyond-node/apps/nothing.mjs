console.log('nothing done');
