# fish looks for a file of the command's name. The other one completes both.
source (status dirname)/hawatch.fish
