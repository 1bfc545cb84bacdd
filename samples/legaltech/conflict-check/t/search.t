use strict;
use warnings;
use Test::More tests => 2;
use Conflicts;

my $parties = Conflicts->new('data/parties.csv');
is(scalar @{ $parties->search('ALDGATE TIMBER') }, 1, 'legal forms do not matter');
is(scalar @{ $parties->search('ab') }, 0, 'two letters find nothing');
