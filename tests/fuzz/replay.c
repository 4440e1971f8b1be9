/*
 * Runs a fuzz target over files: usage FUZZ_X FILE_OR_FOLDER... Each file is named before it runs,
 * so that the last line of a run that died is its cause.
 */
#include "fuzz.h"

#include <sys/stat.h>

#include <dirent.h>

static size_t run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = NULL;
	size_t len = 0, cap = 0, got = 1;
	if (!f) {
		perror(path);
		exit(1);
	}
	while (got > 0) {
		if (len == cap)
			bytes = mem_resized(bytes, cap = cap ? 2 * cap : 4096);
		got = fread(bytes + len, 1, cap - len, f);
		len += got;
	}
	if (ferror(f)) {
		perror(path);
		exit(1);
	}
	fclose(f);
	printf("%s\n", path);
	fflush(stdout);
	/* Just that size: reading past it is seen by ASan. */
	bytes = mem_resized(bytes, len);
	LLVMFuzzerTestOneInput(bytes, len);
	free(bytes);
	return 1;
}

static size_t run(const char *path)
{
	struct stat st;
	struct dirent *entry;
	size_t n = 0;
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return run_file(path);
	DIR *dir = opendir(path);
	if (!dir) {
		perror(path);
		exit(1);
	}
	while ((entry = readdir(dir))) {
		char inside[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
		n += run_file(inside);
	}
	closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	size_t n = 0;
	for (int i = 1; i < argc; i++)
		n += run(argv[i]);
	printf("%zu inputs\n", n);
	return n ? 0 : 1;
}
